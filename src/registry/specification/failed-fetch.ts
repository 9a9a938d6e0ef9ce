import type { SpecificationOptions } from "./options.ts";

/** An expected outcome: a specification could not be fetched. */
export interface FailedFetch {
  readonly kind: "failed-fetch";
  /** For the 502 of registry spec §2.1, without its first words. Holds no secret. */
  readonly text: string;
  /** It was not even tried: too many others were under way for too long. */
  readonly isBusy?: boolean;
  /** What the configuration wants to come of it. */
  readonly decision: SpecificationOptions["specFetchPolicy"];
}
