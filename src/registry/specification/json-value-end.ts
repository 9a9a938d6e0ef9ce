const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITE_SPACE = /[\t\n\r ]*/y;
const LITERAL = /[-+.0-9A-Za-z]*/y;

/** Where the JSON value that begins at `start` ends. The text is known to be valid, and nothing recurses. */
export function jsonValueEnd(json: string, start: number): number {
  const first = json[start];
  if (first === '"') return stringEnd(json, start);
  if (first !== "{" && first !== "[") return matchEnd(LITERAL, json, start);
  let depth = 0;
  let position = start;
  while (position < json.length) {
    const character = json[position];
    if (character === '"') {
      position = stringEnd(json, position);
      continue;
    }
    position++;
    if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) return position;
  }
  return position;
}

export function whiteSpaceEnd(json: string, start: number): number {
  return matchEnd(WHITE_SPACE, json, start);
}

/** Where the longest match at `start` ends. */
function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  pattern.exec(text);
  return pattern.lastIndex;
}

function stringEnd(json: string, start: number): number {
  let position = start + 1;
  while (position < json.length) {
    const code = json.charCodeAt(position);
    if (code === QUOTE) return position + 1;
    position += code === BACKSLASH ? 2 : 1;
  }
  return position;
}
