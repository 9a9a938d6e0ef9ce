/** One attribute of a name, as its type is written (`CN`, `2.5.4.3`) and with its value decoded. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/** Attributes of one level; nearly always one. */
export type RelativeName = readonly NameAttribute[];

/**
 * Writes a name as RFC 2253 text, most specific part first. `names` stand in the certificate's order. What
 * any reader could misread is a hex pair (`\2C`), never `\,` or `\"`: the result has no quote, no doubled
 * backslash and no separator inside a value, so that readers who know no escapes are not led astray either.
 */
export function writeDistinguishedName(names: readonly RelativeName[]): string {
  return names
    .toReversed()
    .map((name) => name.map(({ type, value }) => `${type}=${escapeNameValue(value)}`).join("+"))
    .join(",");
}

const PLAIN = /^[A-Za-z0-9 ._:@/'()*?!&%$~^|{}[\]`-]*$/;

function escapeNameValue(value: string): string {
  if (PLAIN.test(value) && !value.startsWith(" ") && !value.endsWith(" ")) return value;
  const bytes = Buffer.from(value.toWellFormed());
  let text = "";
  for (const [index, byte] of bytes.entries()) {
    const character = String.fromCharCode(byte);
    const atEdge = index === 0 || index === bytes.length - 1;
    const plain = byte < 0x80 && PLAIN.test(character) && !(atEdge && character === " ");
    text += plain ? character : hexPair(byte);
  }
  return text;
}

/** `\2C` */
export function hexPair(byte: number): string {
  return `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/**
 * Reads RFC 2253 text, which holds one byte per character as header values do; relative names in the order
 * of the text. Undefined where the text is no such name, also for values in the `#` form, which hide what
 * they say.
 */
export function readDistinguishedName(text: string): readonly RelativeName[] | undefined {
  if (text === "") return [];
  if (!HEADER_VALUE.test(text)) return undefined;
  const names: NameAttribute[][] = [[]];
  let at = 0;
  for (;;) {
    const read = readAttribute(text, at);
    if (!read) return undefined;
    const { attribute, end } = read;
    names.at(-1)?.push(attribute);
    if (end === text.length) return names;
    if (text[end] !== "+") names.push([]);
    at = end + 1;
  }
}

interface ReadAttribute {
  readonly attribute: NameAttribute;
  /** Where its separator stands, or the end of the text. */
  readonly end: number;
}

const HEADER_VALUE = /^[ -~\u0080-\u00ff]*$/;
const TYPE = / *([A-Za-z][A-Za-z0-9-]*|(?:[Oo][Ii][Dd]\.)?[0-9]+(?:\.[0-9]+)*) *= */y;
// Unescaped spaces are swallowed with what follows them, so that those before a separator are not in it.
const PIECE = /[^\\,;+ ]+|\\([0-9A-Fa-f]{2})|\\([\\,;+"<>#= ])| +(?=[^,;+ ])/y;
const TRAILING = / */y;

function readAttribute(text: string, start: number): ReadAttribute | undefined {
  TYPE.lastIndex = start;
  const [, type] = TYPE.exec(text) ?? [];
  if (type === undefined || text[TYPE.lastIndex] === "#") return undefined;
  PIECE.lastIndex = TYPE.lastIndex;
  const pieces: string[] = [];
  let end = PIECE.lastIndex;
  for (let piece = PIECE.exec(text); piece; piece = PIECE.exec(text)) {
    const [plain, hex, escaped] = piece;
    pieces.push(hex === undefined ? (escaped ?? plain) : String.fromCharCode(Number.parseInt(hex, 16)));
    end = PIECE.lastIndex;
  }
  TRAILING.lastIndex = end;
  TRAILING.exec(text);
  end = TRAILING.lastIndex;
  const value = utf8Of(pieces.join(""));
  const closed = end === text.length || ",;+".includes(text[end] as string);
  return closed && value !== undefined ? { attribute: { type, value }, end } : undefined;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8Of(bytes: string): string | undefined {
  if (/^[ -~]*$/.test(bytes)) return bytes;
  try {
    return UTF8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}
