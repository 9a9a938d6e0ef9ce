import { isPlainObject } from "../core/plain-object.ts";

export type JsonMember =
  | { readonly kind: "member"; readonly value: string }
  /** Why the body cannot be read, in the original's words and without a piece of it. */
  | { readonly kind: "unreadable"; readonly detail: string };

/**
 * One text of a JSON object, its name in any case, empty where it is absent or null. As Go's decoder has it
 * (connector spec §§2, 6): the last one of a name counts, unknown ones and `null` in place of the object are
 * passed over.
 */
export function jsonMember(body: Buffer, name: string): JsonMember {
  const value = parsed(body);
  if (value.kind === "unreadable") return value;
  if (value.json === null) return { kind: "member", value: "" };
  if (!isPlainObject(value.json))
    return unreadable(`json: cannot unmarshal ${typeOf(value.json)} into an object`);
  let found = "";
  for (const [key, member] of Object.entries(value.json)) {
    if (key.toLowerCase() !== name || member === null) continue;
    if (typeof member !== "string") {
      return unreadable(`json: cannot unmarshal ${typeOf(member)} into field ${name} of type string`);
    }
    found = member;
  }
  return { kind: "member", value: found };
}

type Parsed =
  { readonly kind: "json"; readonly json: unknown } | (JsonMember & { readonly kind: "unreadable" });

function parsed(body: Buffer): Parsed {
  const text = body.toString("utf8");
  try {
    return { kind: "json", json: JSON.parse(text) };
  } catch (error) {
    return unreadable(detailOf(error, text));
  }
}

/** The engine's message quotes what is around the error, which may be a request. */
function detailOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  const isEarlyEnd = /end of JSON input|^Unterminated/.test(message) || Number(position) >= text.length;
  if (text.trim() === "" || isEarlyEnd) return "unexpected end of JSON input";
  return position === undefined ? "invalid character" : `invalid character at position ${position}`;
}

function unreadable(detail: string): JsonMember & { readonly kind: "unreadable" } {
  return { kind: "unreadable", detail };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
