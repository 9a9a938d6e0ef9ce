/**
 * JSON as Go's encoder writes it (connector spec §2): HTML characters and the line separators of JavaScript
 * are escaped, backspace and form feed have no short form, and what is no Unicode text becomes U+FFFD.
 */
export function goJson(value: unknown): string {
  const json = escapeHtml(JSON.stringify(value, wellFormed));
  // Megabytes of other escapes are not looked at one by one.
  return json.includes("\\b") || json.includes("\\f") ? json.replace(ESCAPES, longEscape) : json;
}

/** The characters of JSON that Go escapes in strings beside those that have to be; elsewhere JSON has none. */
export function escapeHtml(json: string): string {
  let escaped = json;
  for (const [character, escape] of HTML) escaped = escaped.replaceAll(character, escape);
  return escaped;
}

const HTML = [
  ["<", "\\u003c"],
  [">", "\\u003e"],
  ["&", "\\u0026"],
  ["\u2028", "\\u2028"],
  ["\u2029", "\\u2029"],
] as const;

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

// An escape is matched as a whole, so that the `b` of `\\b` is not taken for a backspace.
const ESCAPES = /\\./g;

function longEscape(found: string): string {
  if (found === "\\b") return "\\u0008";
  return found === "\\f" ? "\\u000c" : found;
}
