/**
 * Rejects with the signal's reason when it is aborted although nobody stops the process: the store has ended
 * of itself, and nothing can be administered any more. Never resolves.
 */
export function failureOf(ended: AbortSignal, stopping: () => boolean): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const check = () => {
    if (!stopping()) reject(ended.reason as Error);
  };
  if (ended.aborted) check();
  ended.addEventListener("abort", check, { once: true });
  return promise;
}
