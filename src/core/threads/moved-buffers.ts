/**
 * The buffers of these bytes, for them to move to another thread rather than being copied: those that hold nothing
 * else. A small Buffer shares a pool with others, which may not leave, and is copied.
 */
export function movedBuffers(...contents: readonly (Uint8Array | undefined)[]): readonly ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const content of contents) {
    if (!(content?.buffer instanceof ArrayBuffer)) continue;
    if (content.buffer.byteLength === content.byteLength && content.byteLength > 0)
      buffers.add(content.buffer);
  }
  return [...buffers];
}
