const TOTAL = 4096;
const SHORTENED = 256;

/**
 * Warnings → values of `Warning` headers (RFC 9111 §5.5 in the form of Kubernetes: `299 - "text"`). Where
 * they are long together each is shortened, and what does not fit is left out, as the API server does.
 */
export function warningHeaders(warnings: readonly string[]): string[] {
  const long = warnings.reduce((sum, text) => sum + text.length, 0) > TOTAL;
  const headers: string[] = [];
  let total = 0;
  for (const warning of new Set(warnings)) {
    const text = printable(long ? warning.slice(0, SHORTENED) : warning);
    total += text.length;
    if (total > TOTAL) break;
    headers.push(`299 - "${text.replace(/["\\]/g, String.raw`\$&`)}"`);
  }
  return headers;
}

/** Header values are one line of visible ASCII; field names in a body may be anything. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return String.raw`\u` + code;
  });
}
