import type { NamedSetting } from "./named-settings.ts";
import type { Problem } from "./problem.ts";

/** A value for a setting from one source, not yet parsed. */
export interface Given {
  readonly setting: NamedSetting;
  readonly raw: unknown;
  /** For an error and for the answer to "where does this value come from". */
  readonly source: string;
  /** Set where an alias of the original writes the value in its own way. */
  readonly parse?: (raw: unknown) => unknown;
}

/** What one source says. */
export interface Reading {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
  /** Accepted, but without effect. */
  readonly warnings: readonly string[];
}
