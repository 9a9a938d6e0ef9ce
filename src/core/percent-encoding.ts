/**
 * Percent-encoding of paths, byte by byte. Strings hold one byte per character (Latin-1), as Node gives
 * request targets, so nothing is lost or reinterpreted on the way through.
 */

/** What stays unescaped in a path when the gateway encodes it (gateway spec §7; Go's `encodePath`). */
const ENCODED_PATH = /^[A-Za-z0-9\-_.~$&+,/:;=@]*$/;
const UNESCAPED = /[A-Za-z0-9\-_.~$&+,/:;=@]/;

/** What may stand in a path on the wire, escapes included: nothing that HTTP refuses. */
const WIRE_PATH = /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/;

const ESCAPES = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (UNESCAPED.test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** Undoes percent-escapes once; undefined when an escape is malformed. */
export function decodePath(path: string): string | undefined {
  if (!path.includes("%")) return path;
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return undefined;
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Escapes every byte that is not in the unescaped set, upper-case hex. */
export function encodePath(path: string): string {
  if (ENCODED_PATH.test(path)) return path;
  let encoded = "";
  for (let index = 0; index < path.length; index++) encoded += ESCAPES[path.charCodeAt(index) & 0xff];
  return encoded;
}

/** Already in the form that decoding and encoding would give: nothing to do. */
export function isPlainPath(path: string): boolean {
  return ENCODED_PATH.test(path);
}

/** Decoded text that may stand in a path without any escape (Go's `validEncoded`). */
export function isLegalPath(decoded: string): boolean {
  return !decoded.includes("%") && WIRE_PATH.test(decoded);
}

/** Escapes only what may not stand in a path on the wire; existing escapes and everything legal stay. */
export function escapeIllegal(path: string): string {
  if (WIRE_PATH.test(path)) return path;
  let escaped = "";
  for (const character of path) escaped += WIRE_PATH.test(character) ? character : encodePath(character);
  return escaped;
}
