/** Contents that were made of JSON which had been checked and compacted. */
const compact = new WeakSet<Uint8Array>();

/** Remembers of the bytes that they are JSON without white space, so that nobody looks through them again. */
export function compactContent(bytes: Uint8Array): Uint8Array {
  compact.add(bytes);
  return bytes;
}

/** Whether that is known of them. */
export function isKnownCompact(bytes: Uint8Array): boolean {
  return compact.has(bytes);
}
