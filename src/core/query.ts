/**
 * Queries as text: with their question mark, and empty where there is none. What is written in a URL or comes
 * from a caller is never encoded anew (gateway spec §7).
 */

/** A configured parameter with all its values: `encoded` is `name=value&name=value2`, form-encoded. */
export interface QueryParameter {
  readonly name: string;
  readonly encoded: string;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** The decoded names in a query. */
export function queryNames(query: string): ReadonlySet<string> {
  return isEmpty(query) ? NO_NAMES : new Set(new URLSearchParams(query).keys());
}

/** One behind the other. A bare `?` has nothing to add: it stays only where it is all there is. */
export function joinQueries(first: string, second: string): string {
  if (isEmpty(first)) return second === "" ? first : second;
  return isEmpty(second) ? first : `${first}&${second.slice(1)}`;
}

/** The query with the configured parameters behind it whose names are not among `present`. */
export function addParameters(
  query: string,
  parameters: readonly QueryParameter[],
  ...present: readonly ReadonlySet<string>[]
): string {
  let added = query === "" ? "?" : query;
  for (const { name, encoded } of parameters) {
    if (present.some((names) => names.has(name))) continue;
    added += added === "?" || added.endsWith("&") ? encoded : `&${encoded}`;
  }
  return added === "?" ? query : added;
}

function isEmpty(query: string): boolean {
  return query === "" || query === "?";
}
