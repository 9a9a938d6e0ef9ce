/** A piece of a body that may be kept. Whoever is done with it gives it back, and its memory is used again. */
export interface Piece {
  readonly bytes: Buffer;
  /** Need not be called: memory that is not given back is collected as garbage. Nothing happens the second time. */
  readonly release: () => void;
}

/**
 * Bytes of a read, and so of the largest piece. An answer of 64 KiB and its head come in one read and leave in
 * one write, which saves a tenth of such a call.
 */
export const READ_SIZE = 128 * 1024;

/** Smaller pieces are cheap to copy, and no memory is kept for them. */
const SMALL = 8 * 1024;

/** Buffers that wait to be used again, at most: 8 MiB. */
const MOST_FREE = 64;

const free: Buffer[] = [];

const nothing = (): void => {};

/** A piece that is its holder's own already. */
export function ownPiece(bytes: Buffer): Piece {
  return { bytes, release: nothing };
}

/**
 * Copies a view into the shared read buffer. A large download would otherwise leave its own size in buffers
 * behind, which the garbage collector finds late because they lie outside of its heap.
 */
export function copiedPiece(view: Buffer): Piece {
  if (view.length < SMALL || view.length > READ_SIZE) return ownPiece(Buffer.from(view));
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(READ_SIZE);
  view.copy(buffer);
  let held = true;
  const release = () => {
    // Given back twice, it would carry the bytes of two callers at a time.
    if (held && free.length < MOST_FREE) free.push(buffer);
    held = false;
  };
  return { bytes: buffer.subarray(0, view.length), release };
}
