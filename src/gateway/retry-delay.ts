import type { ApiSettings, RetryReason } from "../core/resources/api-settings/api-settings.ts";

const REASONS: readonly RetryReason[] = ["connect", "502", "503", "504"];
const METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Milliseconds before the first retry where the target asks for none; doubled each time, half of it by chance. */
const FIRST_PAUSE = 100;

/** A call whose attempt has failed, or not. */
export interface FailedAttempt {
  readonly method: string;
  /** How often it has been made again. */
  readonly retries: number;
  readonly reason: string;
  /** Milliseconds that the target asked for. */
  readonly retryAfter: number | undefined;
  /** Milliseconds that the call still has. */
  readonly left: number;
}

/** Whether calls with this method may be made again when they fail. */
export function mayRetry(
  method: string,
  { retryAttempts = 0, retryMethods = METHODS }: ApiSettings,
): boolean {
  return retryAttempts > 0 && retryMethods.includes(method);
}

/**
 * Milliseconds after which the call is made again; undefined where it is not. `random`: from 0 up to 1, so that
 * calls that failed together do not come back together.
 */
export function retryDelay(
  attempt: FailedAttempt,
  settings: ApiSettings,
  random: () => number,
): number | undefined {
  const { retryAttempts = 0, retryOn = REASONS } = settings;
  if (!mayRetry(attempt.method, settings) || attempt.retries >= retryAttempts) return undefined;
  if (!(retryOn as readonly string[]).includes(attempt.reason)) return undefined;
  const pause = attempt.retryAfter ?? FIRST_PAUSE * 2 ** attempt.retries * (0.5 + random() / 2);
  return pause < attempt.left ? pause : undefined;
}
