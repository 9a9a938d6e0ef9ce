/**
 * Bytes in memory that all threads share: a message with them neither copies nor empties them, however many threads
 * get one. Nobody may change them any more.
 */
export function sharedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer && bytes.buffer.byteLength === bytes.length) return bytes;
  const shared = Buffer.from(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** The same of a text in UTF-8. */
export function sharedText(text: string): Uint8Array {
  const shared = Buffer.from(new SharedArrayBuffer(Buffer.byteLength(text)));
  shared.write(text);
  return shared;
}

/** Whether they are such bytes. */
export function areShared({ buffer }: Uint8Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}
