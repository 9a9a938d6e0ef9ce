export type Severity = "breaking" | "compatible";

/** One difference that a caller of the interface could notice. */
export interface Change {
  /** What changed, in the words of tools: `operation-removed`, `enum-narrowed`. */
  readonly kind: string;
  readonly severity: Severity;
  /** JSON pointer into the later document; into the earlier one for what is gone. */
  readonly path: string;
  readonly message: string;
}

export interface Comparison {
  /**
   * Whether callers written for the earlier document break; `unchanged` where its interface is the same,
   * `unknown` where the two cannot be compared.
   */
  readonly verdict: Severity | "unchanged" | "unknown";
  /** Breaking ones first. */
  readonly changes: readonly Change[];
  /** Why the verdict is unknown. */
  readonly reason: string | undefined;
}

export function unknownComparison(reason: string): Comparison {
  return { verdict: "unknown", changes: [], reason };
}
