/**
 * Messages without the passwords of URLs: a word `scheme://user:pass@rest` is shown as
 * `scheme://***:***@rest` (registry spec §2.1).
 */
export function maskedText(text: string): string {
  return text.includes("://") ? text.split(" ").map(maskedWord).join(" ") : text;
}

/** A host with or without a port, and nothing before it. */
const PLAIN_AUTHORITY = /^[^/?#@:]*(?::\d*)?(?:[/?#"]|$)/;

function maskedWord(word: string): string {
  const scheme = word.indexOf("://");
  const at = word.lastIndexOf("@");
  if (scheme < 1 || at < scheme) return word;
  const rest = word.slice(scheme + 3);
  // People paste passwords with a slash, so that the last `@` counts, unless the first part is a host already.
  if (PLAIN_AUTHORITY.test(rest) || !word.slice(scheme + 3, at).includes(":")) return word;
  return `${word.slice(0, scheme + 3)}***:***${word.slice(at)}`;
}
