import { writeSync } from "node:fs";

/** Writes a line of JSON to stdout, which is out before anything may kill this process. */
export function sayNow(value: object): void {
  let rest = Buffer.from(`${JSON.stringify(value)}\n`);
  while (rest.length > 0) rest = rest.subarray(written(rest));
}

const UNCHANGED = new Int32Array(new SharedArrayBuffer(4));

/** A pipe between two Node processes does not block: where its reader is slow, it is full for a moment. */
function written(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    Atomics.wait(UNCHANGED, 0, 0, 1);
    return 0;
  }
}
