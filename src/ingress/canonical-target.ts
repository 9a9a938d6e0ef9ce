import { pathProblem } from "../http/plain-path.ts";

/** A request target that everyone behind reads the same way. */
export interface CanonicalTarget {
  /** The path as it is matched and passed on. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  /** Host and port of an absolute-form target (RFC 9112 §3.2.2). */
  readonly authority: string | undefined;
}

export interface NotCanonical {
  /** To follow "Path is not accepted: ". */
  readonly problem: string;
}

const ABSOLUTE = /^https?:\/\/([^/?#@]*)(\/[^]*|\?[^]*|)$/i;

/**
 * Refuses every path that two programs could read in different ways, instead of cleaning it: what is matched
 * here is then, to the byte, what components and upstreams get (connector spec §17).
 */
export function canonicalTarget(target: string): CanonicalTarget | NotCanonical {
  let rest = target;
  let authority: string | undefined;
  if (!target.startsWith("/")) {
    const [, given, after = ""] = ABSOLUTE.exec(target) ?? [];
    if (given === undefined) return { problem: "it does not begin with a slash" };
    authority = given;
    rest = after.startsWith("/") ? after : `/${after}`;
  }
  const end = rest.indexOf("?");
  const path = end < 0 ? rest : rest.slice(0, end);
  const problem = pathProblem(path);
  return problem === undefined ? { path, query: end < 0 ? "" : rest.slice(end), authority } : { problem };
}
