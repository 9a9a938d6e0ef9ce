/** An expected outcome: what the requester did wrong, in the words that clients know (connector spec §6). */
export interface RequestRefusal {
  readonly kind: "refused";
  readonly text: string;
  /** Each attribute of the subject that is not as expected (connector spec §21). */
  readonly details?: readonly AttributeDifference[];
}

export interface AttributeDifference {
  /** Short name: `CN`, `O`. */
  readonly attribute: string;
  readonly expected: string;
  /** All values there were, long ones cut; empty where there was none. */
  readonly got: readonly string[];
}
