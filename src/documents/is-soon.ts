import type { Clock } from "../core/clock.ts";

/** Milliseconds. */
const SOON = 200;

/** Whether the work ends, well or not, before somebody would ask what it is doing. */
export async function isSoon(work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  using _timer = clock.after(SOON, () => resolve(false));
  const ended = async () => {
    await Promise.allSettled([work]);
    return true;
  };
  return await Promise.race([ended(), late]);
}
