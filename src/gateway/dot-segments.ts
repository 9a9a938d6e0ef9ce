/** The characters that make or end a segment; the others may stay escaped, and may be escaped wrongly. */
const ESCAPED_SEPARATOR = /%(?:2e|2f|5c|3b)/gi;

/**
 * Whether the caller's part of a path leaves the target's own path by dot segments (decision D6): the
 * original forwards `..` and lets a caller out of the API it was given. Read as suspiciously as any server
 * might: escaped dots and slashes count, so do backslashes (Windows), and `..;x` is `..` (Java servlets).
 * Empty segments do not count, because some servers merge slashes.
 */
export function climbsAbove(rest: string): boolean {
  // Nothing that could be two dots: the common case ends here.
  if (!rest.includes("..") && !/%2e/i.test(rest)) return false;
  // Not the whole path is decoded: one malformed escape (`%zz`, sent on raw) must not hide the others.
  const decoded = rest.replace(ESCAPED_SEPARATOR, (escape) => decodeURIComponent(escape));
  let depth = 0;
  for (const segment of decoded.split(/[/\\]/)) {
    const [name = ""] = segment.split(";", 1);
    if (name === "" || name === ".") continue;
    depth += name === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}
