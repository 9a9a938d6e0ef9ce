/** A member of a JSON object, as offsets into its text. */
export interface Member {
  readonly name: string;
  /** At the opening quote. */
  readonly nameStart: number;
  /** Behind the closing quote. */
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITE_SPACE = /[\t\n\r ]*/y;
const LITERAL = /[-+.0-9A-Za-z]*/y;

/**
 * The members of a JSON object in order, duplicates included; undefined for anything else that is JSON.
 * `json` is known to be valid. Nothing is built but this list, and nothing recurses: the depth of what a
 * stranger wrote does not matter.
 */
export function topLevelMembers(json: string): readonly Member[] | undefined {
  const members: Member[] = [];
  let position = matchEnd(WHITE_SPACE, json, 0);
  if (json[position] !== "{") return undefined;
  position = matchEnd(WHITE_SPACE, json, position + 1);
  while (position < json.length && json[position] !== "}") {
    const nameStart = position;
    const nameEnd = stringEnd(json, nameStart);
    const colon = matchEnd(WHITE_SPACE, json, nameEnd);
    const valueStart = matchEnd(WHITE_SPACE, json, colon + 1);
    const valueEnd = endOfValue(json, valueStart);
    const name = JSON.parse(json.slice(nameStart, nameEnd)) as string;
    members.push({ name, nameStart, nameEnd, valueStart, valueEnd });
    position = matchEnd(WHITE_SPACE, json, valueEnd);
    if (json[position] === ",") position = matchEnd(WHITE_SPACE, json, position + 1);
  }
  return members;
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

function endOfValue(json: string, start: number): number {
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
