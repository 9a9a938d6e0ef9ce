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

/**
 * Why two programs could read a path in different ways, or undefined (connector spec §17.8): what is decided
 * upon here and what is called behind must be the same string. `path` is without its query.
 */
export function pathProblem(path: string): string | undefined {
  return PLAIN.test(path) ? undefined : PROBLEMS.find(([pattern]) => pattern.test(path))?.[1];
}
