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

type UsableTarget = CompiledTarget & { readonly kind: "target" };

/** The last one, which is that of the next service, too, where those of an Application stand behind one URL. */
let last: { readonly targetUrl: string; readonly target: UsableTarget } | undefined;

/** Everything about a `targetUrl` that a call would otherwise have to work out each time. */
export function compileTarget(
  targetUrl: string,
  options: CompileTargetOptions,
): UsableTarget | TargetUrlProblem {
  if (last?.targetUrl === targetUrl && isCompiledBy(options, last.target)) return last.target;
  const compiled = compile(targetUrl, options);
  if (compiled.kind === "target") last = { targetUrl, target: compiled };
  return compiled;
}

function isCompiledBy({ encodeUrl, refuses }: CompileTargetOptions, target: CompiledTarget): boolean {
  return target.encodeUrl === encodeUrl && target.refused === refuses(target.url);
}

function compile(
  targetUrl: string,
  { encodeUrl, refuses }: CompileTargetOptions,
): UsableTarget | TargetUrlProblem {
  const url = parseTargetUrl(targetUrl);
  if ("kind" in url) return url;
  const rawPath = escapeIllegal(url.path);
  const encodedPath = encodePath(decodePath(url.path) ?? url.path);
  return {
    kind: "target",
    url,
    encodeUrl,
    // One text in memory, where it is the same.
    encodedPath: encodedPath === rawPath ? rawPath : encodedPath,
    rawPath,
    queryNames: queryNames(`?${url.query}`),
    refused: refuses(url),
  };
}
