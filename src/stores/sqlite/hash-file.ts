import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { PIECE_BYTES } from "../content-pieces.ts";

/** SHA-256 of a file in lower-case hex. `into`, as long as the file, is filled with what was read. */
export async function hashFile(
  file: FileHandle,
  { into, signal }: { readonly into?: Buffer; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const hash = createHash("sha256");
  const scratch = into ? Buffer.alloc(0) : Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let position = 0; ;) {
    signal?.throwIfAborted();
    const piece = into ? into.subarray(position, position + PIECE_BYTES) : scratch;
    // oxlint-disable-next-line no-await-in-loop -- piece by piece
    const bytesRead = piece.length === 0 ? 0 : (await file.read(piece, 0, piece.length, position)).bytesRead;
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}
