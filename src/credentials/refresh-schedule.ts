/**
 * When tokens are refreshed. All times in milliseconds.
 *
 * A token is refreshed when a tenth of its life is over, so that at any moment nine tenths are left to
 * outlast an identity provider that is down: 240 s of outage with tokens of 300 s are to pass unnoticed. In
 * the worst case it goes down just before the refresh, at 30 s, and comes back at 270 s while an attempt
 * hangs. The token is usable until 298 s. An attempt may take a quarter of what is left, and so may the
 * pause after it, so the next attempt begins at 282 s at the latest (270 + 28/4 + 21/4).
 */
const REFRESHED_AFTER = 0.1;
const SHARE_OF_REST = 0.25;

/** Neither more often, nor for tokens that live hardly longer. */
const SHORTEST_REFRESH = 1000;

/** However long tokens live: whether anybody still uses one is looked at daily. */
const LONGEST_REFRESH = 24 * 3_600_000;

/** Background attempts end here; who needs the token afterwards asks for it with the full time-out. */
const LEAST_REST = 4000;

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** How long a token or a cookie is used: a little less than it lives, because clocks and networks differ. */
export function usableTime(lifetime: number): number {
  return lifetime - Math.min(2000, lifetime * 0.1);
}

/** From the request of a token to its refresh. Spread, so that tokens fetched together part ways. */
export function refreshAfter(lifetime: number, random: () => number): number {
  const share = Math.min(lifetime * REFRESHED_AFTER, LONGEST_REFRESH);
  return Math.max(share * (0.9 + 0.1 * random()), SHORTEST_REFRESH);
}

/**
 * The same for a token that the provider gave once more, with the rest of its life: some do so until its
 * end. Asked at every tenth of an ever smaller rest they would be asked dozens of times; halving it takes a
 * few requests.
 */
export function repeatAfter(rest: number): number {
  return Math.min(Math.max(rest / 2, SHORTEST_REFRESH), LONGEST_REFRESH);
}

/** Whether an attempt in the background is still worth its while. */
export function worthRefreshing(rest: number): boolean {
  return rest >= LEAST_REST;
}

/** How long an attempt in the background may take while the token is usable for `rest`. */
export function attemptTime(rest: number, timeout: number): number {
  return Math.min(timeout, rest * SHARE_OF_REST);
}

/** The pause after a failed attempt: 1 s doubling to 30 s, up to a quarter shorter by chance. */
export function pauseAfter(failures: number, rest: number, random: () => number): number {
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE, rest * SHARE_OF_REST);
  return pause * (1 - 0.25 * random());
}
