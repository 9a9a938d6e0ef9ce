import { setImmediate as nextTurn } from "node:timers/promises";

/** Bytes that are copied in less than a millisecond. */
const PIECE = 1024 * 1024;

/** A copy of exactly these bytes, made so that others have their turns meanwhile. The bytes must not change. */
export async function pacedCopy(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length));
  for (let start = 0; start < bytes.length; start += PIECE) {
    // oxlint-disable-next-line no-await-in-loop -- that is what it is for
    if (start > 0) await nextTurn();
    copy.set(bytes.subarray(start, start + PIECE), start);
  }
  return copy;
}
