/**
 * Form encoding as the original writes it (Go's url.QueryEscape): letters, digits and `-_.~` stay, a space
 * becomes `+`, every other byte `%XX`. URLSearchParams keeps `*` and escapes `~`, so it would change requests
 * that identity providers see today.
 */
const ENCODED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9\-_.~]/.test(character)) return character;
  return character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** Bytes, not text: a client secret need not be UTF-8. */
export function formEncode(value: Uint8Array | string): string {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  let encoded = "";
  for (const byte of bytes) encoded += ENCODED[byte];
  return encoded;
}

export type FormField = readonly [name: string, value: Uint8Array | string];

/** `name=value&…` in the given order. */
export function formBody(fields: readonly FormField[]): string {
  return fields.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join("&");
}
