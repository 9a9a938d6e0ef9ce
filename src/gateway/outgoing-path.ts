import { decodePath, encodePath, escapeIllegal, isLegalPath, isPlainPath } from "../core/percent-encoding.ts";
import { addParameters, joinQueries, queryNames } from "../core/query.ts";
import type { RequestParameters } from "../credentials/provider.ts";
import type { CompiledTarget } from "../snapshot/compiled.ts";

/**
 * The path that is sent to the target (gateway spec §7). undefined when `encodeUrl` is true and the
 * caller's escapes are malformed: they cannot be decoded, and guessing would call another resource.
 */
export function outgoingPath(target: CompiledTarget, rest: string): string | undefined {
  // Without a rest the path of `targetUrl` is used as it was written, whatever `encodeUrl` says.
  if (rest === "") return target.rawPath === "" ? "/" : target.rawPath;
  if (!target.encodeUrl) return joinPaths(target.rawPath, escapeIllegal(rest));
  if (isPlainPath(rest)) return joinPaths(target.encodedPath, rest);
  const decoded = decodePath(rest);
  return decoded === undefined ? undefined : joinPaths(target.encodedPath, encodePath(decoded));
}

/**
 * The path of a host-addressed call: decoded, and sent unescaped where that is legal, so that
 * `Xyz('123')` stays as it is (gateway spec §16).
 */
export function hostedPath(target: CompiledTarget, path: string): string | undefined {
  const decoded = decodePath(path);
  const base = decodePath(target.rawPath);
  if (decoded === undefined || base === undefined) return undefined;
  const joined = joinPaths(base, decoded === "" ? "/" : decoded);
  return isLegalPath(joined) ? joined : encodePath(joined);
}

/** Exactly one slash between the two: never two, never none. */
export function joinPaths(base: string, rest: string): string {
  if (rest === "") return base;
  const baseEnds = base.endsWith("/");
  const restBegins = rest.startsWith("/");
  if (baseEnds && restBegins) return base + rest.slice(1);
  return baseEnds || restBegins ? base + rest : `${base}/${rest}`;
}

/**
 * The query with its question mark: the target's own, then the caller's, both raw, then the configured
 * parameters whose names occur in neither (gateway spec §7 **[D]**: nothing that was there is re-encoded).
 */
export function outgoingQuery(
  target: CompiledTarget,
  callerQuery: string,
  parameters: RequestParameters,
): string {
  const own = target.url.query === "" ? "" : `?${target.url.query}`;
  const query = joinQueries(own, callerQuery);
  if (parameters.query.length === 0) return query;
  return addParameters(query, parameters.query, target.queryNames, queryNames(callerQuery));
}
