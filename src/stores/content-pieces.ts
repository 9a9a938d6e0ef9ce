/** Bytes that are hashed in about a millisecond, so that nothing else has to wait for long. */
export const PIECE_BYTES = 1024 * 1024;

/** Content in pieces of at most PIECE_BYTES. Throws the signal's reason at once, also while the content hangs. */
export async function* contentPieces(
  content: AsyncIterable<Uint8Array> | Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield* cutUp(content);
  else for await (const chunk of untilAborted(content, signal)) yield* cutUp(chunk);
}

function* cutUp(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}

async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const iterator = source[Symbol.asyncIterator]();
  let isDone = false;
  try {
    while (!isDone) {
      signal.throwIfAborted();
      // oxlint-disable-next-line no-await-in-loop -- what comes next is known only then
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done) isDone = true;
      else yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!isDone) letGo(iterator);
  }
}

/** Not waited for: a generator that hangs answers only when it hangs no more. */
function letGo(iterator: AsyncIterator<unknown>): void {
  iterator.return?.().then(undefined, () => undefined);
}
