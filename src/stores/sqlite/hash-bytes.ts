/** Whether it is a SHA-256 as all hashes of pairing are written. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Hex → bytes. What is no hash cannot be written: Buffer.from would cut it and find another one's row. */
export function hashBytes(hash: string): Buffer {
  if (!isHash(hash)) throw new TypeError("a hash must be 64 lower-case hex digits");
  return Buffer.from(hash, "hex");
}

/** For searching: what is no hash is found nowhere. */
export function soughtBytes(hash: string): Buffer {
  return isHash(hash) ? Buffer.from(hash, "hex") : Buffer.alloc(0);
}

export function hashText(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("a stored hash must be bytes");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
