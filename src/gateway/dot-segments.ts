import { decodePath } from "../core/percent-encoding.ts";

/**
 * Whether the caller's part of a path leaves the target's own path by dot segments (decision D6): the
 * original forwards `..` and lets a caller out of the API it was given. Read as suspiciously as any server
 * might: escaped dots and slashes count, so do backslashes (Windows), and `..;x` is `..` (Java servlets).
 * Empty segments do not count, because some servers merge slashes.
 */
export function climbsAbove(rest: string): boolean {
  // Nothing that could be two dots: the common case ends here.
  if (!rest.includes("..") && !/%2e/i.test(rest)) return false;
  const decoded = decodePath(rest) ?? rest;
  let depth = 0;
  for (const segment of decoded.split(/[/\\]/)) {
    const [name = ""] = segment.split(";", 1);
    if (name === "" || name === ".") continue;
    depth += name === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}
