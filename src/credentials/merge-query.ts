import type { RequestParameters } from "./provider.ts";

/**
 * A query with the configured parameters whose names do not occur in it yet: what is written in the URL
 * wins, and it is not encoded anew (gateway spec §7 **[D]**). Queries come without their question mark.
 */
export function mergeQuery(query: string, parameters: RequestParameters["query"]): string {
  if (parameters.length === 0) return query;
  const present = new Set(new URLSearchParams(query).keys());
  const missing = parameters.filter(({ name }) => !present.has(name)).map(({ encoded }) => encoded);
  return [...(query === "" ? [] : [query]), ...missing].join("&");
}
