import type { ApiSettings } from "../core/resources/api-settings/api-settings.ts";

/** Which limit a call has met, and when it may come again. */
export interface LimitReached {
  readonly limit: "rate" | "concurrency" | "breaker";
  /** Milliseconds, more than 0. */
  readonly wait: number;
}

/** What a call holds of the limits of its API, from when it is let in to its end. */
export interface CallPermit {
  /** The breaker has not opened since. */
  readonly allowsRetry: boolean;
  /** The target answered, and not that it failed. */
  succeeded(): void;
  /** The target answered 5xx, or not at all. `now`: monotonic, in milliseconds. */
  failed(now: number): void;
  /** The last thing to happen; further ones do nothing. */
  end(): void;
}

/**
 * The limits of one API. What they count outlives a change of the configuration, and lives as long as somebody
 * holds it.
 */
export interface CallLimits {
  hold(): void;
  /** Once for each `hold`. */
  release(): void;
  /** `now`: monotonic, in milliseconds. */
  enter(now: number): CallPermit | LimitReached;
}

/** Whose calls are counted. The id too: services of the same name are called by their hosts, each on its own. */
export interface LimitedApi {
  readonly application: string;
  /** Name of the service, as it is called. */
  readonly service: string;
  readonly serviceId: string;
  /** Path segment of the entry. */
  readonly entry: string;
}

/** Where the limits of all APIs are kept. */
export interface LimitRegistry {
  /** undefined where nothing is limited. The same API counts on over a change of its settings. */
  limits(api: LimitedApi, settings: ApiSettings): CallLimits | undefined;
}
