import type { CheckedDocument } from "../checked-document.ts";
import type { Comparison } from "../compare/comparison.ts";
import type { NewDocument } from "../document.ts";

/** What the thread of the checks is asked, one after the other. */
export type CheckTask =
  | { readonly kind: "check"; readonly document: NewDocument }
  | { readonly kind: "compare"; readonly before: NewDocument; readonly after: NewDocument };

/** Its results by the kind of the task. */
export interface CheckResults {
  readonly check: CheckedDocument;
  readonly compare: Comparison;
}
