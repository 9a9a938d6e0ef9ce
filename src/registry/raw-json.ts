import { compactJson } from "./request/json-value.ts";

/**
 * A JSON text as Go's encoder embeds it: without white space, and with the escapes of `goJson`. Everything
 * else stays as it is written: numbers, the order of keys, duplicates. undefined for what is no JSON.
 */
export function rawJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  // These characters stand in strings alone.
  return compactJson(text).replace(/[<>&\u2028\u2029]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** An object of members that are JSON already; those without a value are left out. Names are ours: plain words. */
export function rawObject(members: Readonly<Record<string, string | undefined>>): string {
  let written = "";
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined) written += `${written === "" ? "" : ","}"${key}":${value}`;
  }
  return `{${written}}`;
}
