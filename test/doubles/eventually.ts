import { setTimeout as delay } from "node:timers/promises";

/**
 * Repeats an assertion until it holds, or throws its last error after `timeout` milliseconds. For what
 * becomes true by itself; whatever can be awaited is awaited instead. A machine that is busy with other tests may
 * take a hundred times as long as one that is not.
 */
export async function eventually<Result>(
  assertion: () => Result | Promise<Result>,
  options: { readonly timeout?: number; readonly interval?: number } = {},
): Promise<Result> {
  const { timeout = 25_000, interval = 10 } = options;
  const end = performance.now() + timeout;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
    await delay(interval);
  }
}
