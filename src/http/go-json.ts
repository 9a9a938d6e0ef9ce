/**
 * JSON as Go's encoder writes it (connector spec §2): HTML characters and the line separators of JavaScript
 * are escaped, backspace and form feed have no short form, and what is no Unicode text becomes U+FFFD.
 */
export function goJson(value: unknown): string {
  return JSON.stringify(value, wellFormed).replace(ESCAPES, escaped);
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

// An escape is matched as a whole, so that the `b` of `\\b` is not taken for a backspace.
const ESCAPES = /\\.|[<>&\u2028\u2029]/g;

function escaped(found: string): string {
  if (found === "\\b") return "\\u0008";
  if (found === "\\f") return "\\u000c";
  if (found.length === 2) return found;
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
