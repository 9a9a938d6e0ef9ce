/** Longer texts of callers are cut, so that one call cannot fill a log. Characters. */
const LONGEST_TEXT = 2048;

const NEEDS_ESCAPES = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/**
 * A text as JSON, in ASCII alone: line breaks, terminal sequences, direction marks and everything else that
 * could make a log line look like another one are escaped. Most texts need none of that, which one test
 * finds out faster than JSON.stringify.
 */
export function jsonText(text: string): string {
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return NEEDS_ESCAPES.test(cut) ? escapedJson(cut) : `"${cut}"`;
}

function escapedJson(text: string): string {
  return asciiJson(JSON.stringify(text));
}

/** JSON that holds other characters than printable ASCII only inside texts → the same in ASCII. */
export function asciiJson(json: string): string {
  return json.replace(
    /[^\x20-\x7e\n]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
