/** Longest text of a warning, in characters: headers have limits. */
const LONGEST = 300;
/** Most of them. */
const MOST = 10;

/** What a caller should know beside the answer: RFC 7234 §5.5 `Warning` headers, and how many there are. */
export function warningHeaders(warnings: readonly string[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  const texts = warnings.slice(0, MOST).map((warning) => `199 - "${quotable(warning)}"`);
  return { Warning: texts.join(", "), "X-Registry-Warnings": String(warnings.length) };
}

/** Headers carry plain ASCII alone; a text may quote what a stranger wrote. */
function quotable(text: string): string {
  return text
    .replace(/[^ -~]/g, "?")
    .slice(0, LONGEST)
    .replace(/["\\]/g, "\\$&");
}
