import { setImmediate as nextTurn } from "node:timers/promises";

/** Bytes that are copied in less than a millisecond. */
const PIECE = 1024 * 1024;

/** A copy of exactly these bytes, made so that others have their turns meanwhile. The bytes must not change. */
export function pacedCopy(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return pacedConcat([bytes]);
}

/** The same of all of them, one behind the other. */
export async function pacedConcat(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const copy = Buffer.allocUnsafeSlow(size);
  let end = 0;
  let rest = PIECE;
  for (const part of parts) {
    for (let start = 0; start < part.length; start += PIECE) {
      const piece = part.subarray(start, start + PIECE);
      copy.set(piece, end);
      end += piece.length;
      rest -= piece.length;
      if (rest > 0) continue;
      rest = PIECE;
      // oxlint-disable-next-line no-await-in-loop -- that is what it is for
      await nextTurn();
    }
  }
  return copy;
}
