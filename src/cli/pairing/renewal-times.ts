import type { X509Certificate } from "node:crypto";

const HOUR = 3_600_000;
/** Milliseconds; nobody renews more often, however short the certificates are. */
const SHORTEST = 5_000;
const FIRST_RETRY = 15_000;

/** When a certificate is to be renewed: at two thirds of its life. Milliseconds since the epoch. */
export function renewalDue({ validFromDate, validToDate }: X509Certificate): number {
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  return from + Math.round(((to - from) * 2) / 3);
}

export interface Retrying {
  /** How many attempts have failed in a row; at least 1. */
  readonly failures: number;
  /** Milliseconds that the certificate still has. */
  readonly left: number;
  /** 0 ≤ value < 1 */
  readonly random: number;
}

/**
 * Milliseconds until the next attempt: doubled each time, an hour at most, and never more than a tenth of what
 * is left. Between half and all of that, so that a thousand clients do not return at once.
 */
export function retryDelay({ failures, left, random }: Retrying): number {
  const doubled = FIRST_RETRY * 2 ** Math.min(failures - 1, 20);
  const whole = Math.min(doubled, HOUR, Math.max(left / 10, SHORTEST));
  return Math.round(Math.max(whole * (0.5 + random / 2), SHORTEST / 2));
}

/** Milliseconds to sleep until `due`: in short steps, since clocks jump and machines sleep. */
export function sleepUntil(due: number, now: number): number {
  return Math.min(Math.max(due - now, SHORTEST), 300_000);
}
