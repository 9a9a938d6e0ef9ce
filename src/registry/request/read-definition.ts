import { isUtf8 } from "node:buffer";
import { checkJson } from "./check-json.ts";
import { definition, type Definition } from "./definition.ts";
import { readField, TOP } from "./field.ts";
import { JsonValue } from "./json-value.ts";
import { UnreadableDefinition } from "./unreadable-definition.ts";

/**
 * Takes a body for a service definition (registry spec §2.2). Throws UnreadableDefinition where it is not
 * exactly one JSON value, or a value in it has another type than it must.
 */
export function readDefinition(body: Buffer): Definition {
  // Go would store U+FFFD in place of what nobody can read, silently.
  if (!isUtf8(body)) throw new UnreadableDefinition("invalid UTF-8");
  const text = body.toString("utf8");
  checkJson(text);
  // A definition that is `null` says nothing, as an empty one.
  return readField(definition, new JsonValue(text), TOP) ?? EMPTY;
}

const EMPTY = definition.read(new JsonValue("{}"), TOP) as Definition;
