import type { Secret } from "../core/resources/secret.ts";

/** The values of a Secret by key, decoded. */
export type SecretData = ReadonlyMap<string, Buffer>;

export function decodeSecret(secret: Secret): SecretData {
  const entries = Object.entries(secret.data ?? {});
  return new Map(entries.map(([key, value]) => [key, Buffer.from(value, "base64")]));
}

const EMPTY = Buffer.alloc(0);

/** A missing key counts as an empty value (gateway spec §6.1). */
export function secretValue(data: SecretData, key: string): Buffer {
  return data.get(key) ?? EMPTY;
}

/** CR, LF and NUL stand in no credential, header or parameter (gateway spec §19). */
export function holdsLineBreak(value: Uint8Array): boolean {
  return value.includes(0x0a) || value.includes(0x0d) || value.includes(0x00);
}
