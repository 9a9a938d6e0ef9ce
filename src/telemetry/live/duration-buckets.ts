/** Milliseconds up to which a duration is in the first bucket. */
const FIRST = 0.1;
/** From one bound to the next: what is read from buckets is right to a tenth. */
const FACTOR = 1.1;
/** The last one ends after more than two minutes; what takes longer is in it too. */
const LAST = 150;

/** The number of the bucket of a duration in milliseconds. */
export function durationBucket(milliseconds: number): number {
  if (milliseconds <= FIRST) return 0;
  return Math.min(LAST, Math.ceil(Math.log(milliseconds / FIRST) / Math.log(FACTOR)));
}

/**
 * How long that part of the calls took at most, in milliseconds: `part` 0.99 is all but the slowest hundredth.
 * undefined where there are none. `durations` in order.
 */
export function durationQuantile(
  durations: readonly (readonly [bucket: number, calls: number])[],
  part: number,
): number | undefined {
  const total = durations.reduce((calls, [, count]) => calls + count, 0);
  let left = Math.max(1, Math.ceil(total * part));
  for (const [bucket, count] of durations) {
    left -= count;
    if (left <= 0) return FIRST * FACTOR ** bucket;
  }
  return undefined;
}
