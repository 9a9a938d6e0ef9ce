export interface TextStructure {
  /** How deep lists and objects nest. */
  readonly depth: number;
  /** At least as many as there are values. */
  readonly values: number;
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** Depth and size of JSON without parsing it: what the parser would build may be 20 times its text. */
export function jsonStructure(text: string): TextStructure {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfText(text, index);
    else if (code === COMMA) values++;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      values++;
      deepest = Math.max(deepest, ++depth);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return { depth: deepest, values };
}

/** Index of the closing quote, or the end where there is none. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** How many values a YAML text may have: commas, brackets and line ends count. */
export function yamlMarks(text: string): number {
  let marks = 0;
  for (let index = 0; index < text.length; index++) {
    if (YAML_MARKS.has(text.charCodeAt(index))) marks++;
  }
  return marks;
}

const LINE_FEED = 0x0a;
const YAML_MARKS = new Set([COMMA, OPEN_LIST, OPEN_OBJECT, LINE_FEED]);
