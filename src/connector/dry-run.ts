/**
 * Whether a request is only to be checked; undefined for what is neither yes nor no. Whoever means `dryRun=1` must
 * not get a certificate for it, and lose his token.
 */
export function dryRunOf(query: URLSearchParams): boolean | undefined {
  const values = new Set(query.getAll("dryRun"));
  if (values.size === 0) return false;
  const [value] = values;
  if (values.size > 1 || (value !== "true" && value !== "false")) return undefined;
  return value === "true";
}
