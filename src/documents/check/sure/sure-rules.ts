import type { SureRule } from "./sure-schema.ts";

/** Of a keyword that is not understood. */
export const UNSURE: SureRule = { accepts: () => false, rejects: () => false };

/** Where nothing is left in doubt. */
export function exactly(accepts: SureRule["accepts"]): SureRule {
  return { accepts, rejects: (value) => !accepts(value) };
}

/** Where nothing is ever refused for certain. */
export function accepting(accepts: SureRule["accepts"]): SureRule {
  return { accepts, rejects: () => false };
}
