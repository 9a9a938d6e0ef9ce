import { escapeHtml } from "../http/go-json.ts";
import { checkJson, type CheckedJson } from "./request/check-json.ts";
import { compactJson } from "./request/json-value.ts";
import { UnreadableDefinition } from "./request/unreadable-definition.ts";

/**
 * A JSON text as Go's encoder embeds it: without white space, and with the escapes of `goJson`. Everything
 * else stays as it is written: numbers, the order of keys, duplicates. undefined for what is no JSON.
 */
export function rawJson(text: string): string | undefined {
  const checked = checkedText(text);
  // These characters stand in strings alone.
  return checked && escapeHtml(checked.isCompact ? text : compactJson(text));
}

export function isJson(text: string): boolean {
  return checkedText(text) !== undefined;
}

/** Not JSON.parse: what it builds of some documents is fifty times as large, and nothing can interrupt it. */
function checkedText(text: string): CheckedJson | undefined {
  try {
    return checkJson(text);
  } catch (error) {
    if (error instanceof UnreadableDefinition) return undefined;
    throw error;
  }
}

/** An object of members that are JSON already; those without a value are left out. Names are ours: plain words. */
export function rawObject(members: Readonly<Record<string, string | undefined>>): string {
  let written = "";
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined) written += `${written === "" ? "" : ","}"${key}":${value}`;
  }
  return `{${written}}`;
}

/** JSON in pieces: texts, and documents in UTF-8. */
export type JsonPieces = readonly (string | Uint8Array)[];

/** As `rawObject`, with members that may be documents. */
export function piecedObject(members: Readonly<Record<string, JsonPieces | string | undefined>>): JsonPieces {
  const pieces: (string | Uint8Array)[] = [];
  for (const [key, value] of Object.entries(members)) {
    if (value === undefined) continue;
    pieces.push(`${pieces.length === 0 ? "{" : ","}${JSON.stringify(key)}:`);
    if (typeof value === "string") pieces.push(value);
    else pieces.push(...value);
  }
  return pieces.length === 0 ? ["{}"] : [...pieces, "}"];
}
