import { decodePath, encodePath, escapeIllegal } from "../core/percent-encoding.ts";
import { queryNames } from "../core/query.ts";
import { parseTargetUrl, type TargetUrlProblem } from "../core/target-url.ts";
import type { WrittenHost } from "../outbound/egress-policy.ts";
import type { CompiledTarget } from "./compiled.ts";

export interface CompileTargetOptions {
  readonly encodeUrl: boolean;
  /** Whether the egress policy refuses a target that is written as this address. */
  readonly refuses: (host: WrittenHost) => boolean;
}

/** Everything about a `targetUrl` that a call would otherwise have to work out each time. */
export function compileTarget(
  targetUrl: string,
  { encodeUrl, refuses }: CompileTargetOptions,
): (CompiledTarget & { readonly kind: "target" }) | TargetUrlProblem {
  const url = parseTargetUrl(targetUrl);
  if ("kind" in url) return url;
  const rawPath = escapeIllegal(url.path);
  return {
    kind: "target",
    url,
    encodeUrl,
    encodedPath: encodePath(decodePath(url.path) ?? url.path),
    rawPath,
    queryNames: queryNames(`?${url.query}`),
    refused: refuses(url),
  };
}
