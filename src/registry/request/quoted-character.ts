import { markedByte } from "./body-text.ts";

/**
 * The character at `offset` between single quotes, as Go's decoder shows it: of a character outside ASCII
 * only the first byte of its UTF-8 form, read as a character of its own.
 */
export function quotedCharacter(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0;
  const byte = markedByte(code) ?? Buffer.from(String.fromCodePoint(code))[0] ?? 0;
  return `'${ESCAPES.get(byte) ?? shown(byte)}'`;
}

const ESCAPES = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x27, "\\'"],
  [0x5c, "\\\\"],
]);

function shown(byte: number): string {
  const isControl = byte < 0x20 || byte === 0x7f;
  return isControl ? `\\x${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte);
}
