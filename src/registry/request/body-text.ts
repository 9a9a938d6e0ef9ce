import { isUtf8 } from "node:buffer";

/**
 * A body as text. A byte that belongs to no UTF-8 character becomes half of a surrogate pair, the lower one whose
 * last eight bits it is: the parser can tell which byte it was, and a string that is read or stored has U+FFFD in
 * its place, one for each byte, as Go's decoder makes it (registry spec §2.2).
 */
export function bodyText(body: Buffer): string {
  return isUtf8(body) ? body.toString("utf8") : withMarkedBytes(body);
}

/** The byte that `code` stands for in the result of `bodyText`; undefined for what is a character. */
export function markedByte(code: number): number | undefined {
  return code >= FIRST_MARK && code <= LAST_MARK ? code - MARK : undefined;
}

const MARK = 0xdc00;
const [FIRST_MARK, LAST_MARK] = [MARK + 0x80, MARK + 0xff] as const;

/** Never more units of UTF-16 than bytes: one allocation and one pass, whatever comes. */
function withMarkedBytes(body: Buffer): string {
  const units = new Uint16Array(body.length);
  let end = 0;
  for (let at = 0; at < body.length;) {
    const first = body[at] ?? 0;
    const length = first < 0x80 ? 1 : characterLength(body, at);
    if (length === 4) {
      const code = codeOf(body, at, length) - 0x10000;
      units[end++] = 0xd800 + (code >> 10);
      units[end++] = 0xdc00 + (code & 0x3ff);
    } else units[end++] = length === 0 ? MARK + first : codeOf(body, at, length);
    at += length || 1;
  }
  return Buffer.from(units.buffer, 0, end * 2).toString("utf16le");
}

/** Bytes of the character beyond ASCII that begins at `at`; 0 where none does. */
function characterLength(body: Buffer, at: number): number {
  const first = body[at] ?? 0;
  const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const [least, most] = SECOND_BYTES.get(first) ?? [0x80, 0xbf];
  const second = body[at + 1] ?? 0;
  if (second < least || second > most) return 0;
  for (let offset = 2; offset < length; offset++) {
    if (((body[at + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Where the first byte alone does not say it (RFC 3629 §4): no spelling too long, no surrogate, none beyond U+10FFFF. */
const SECOND_BYTES = new Map<number, readonly [least: number, most: number]>([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

function codeOf(body: Buffer, at: number, length: number): number {
  let code = (body[at] ?? 0) & (length === 1 ? 0x7f : 0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) code = (code << 6) | ((body[at + offset] ?? 0) & 0x3f);
  return code;
}
