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
  const problem = PLAIN.test(path) ? undefined : problemOf(path);
  return problem === undefined ? { path, query: end < 0 ? "" : rest.slice(end), authority } : { problem };
}

/** Nearly every path: nothing in it needs a second look. */
const PLAIN = /^(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)+$/;

/** Tried in this order; each takes time in proportion to the path. */
const PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/[^!-~]/, "it has control characters or bytes beyond ASCII"],
  [/#/, "it has a fragment"],
  [/\\/, "it has a backslash"],
  [/%(?![0-9A-Fa-f]{2})/, "it has a broken percent escape"],
  [/%2f/i, "it has an escaped slash"],
  [/%5c/i, "it has an escaped backslash"],
  [/%(?:[01][0-9A-Fa-f]|7f)/i, "it has an escaped control character"],
  // Decoded twice by someone behind, it would become any of the above.
  [/%25(?:2[ef]|5c|[01][0-9a-f]|7f)/i, "it has a doubly escaped separator or dot"],
  [/\/\//, "it has an empty segment"],
  // `..;x` is a dot segment to servers that know path parameters.
  [/\/(?:\.|%2e){1,2}(?:;|%3b|\/|$)/i, "it has a dot segment"],
];

function problemOf(path: string): string | undefined {
  return PROBLEMS.find(([pattern]) => pattern.test(path))?.[1];
}
