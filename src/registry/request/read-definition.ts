import { bodyText } from "./body-text.ts";
import { checkJson } from "./check-json.ts";
import { definition, type Definition } from "./definition.ts";
import { readField, TOP } from "./field.ts";
import { JsonValue } from "./json-value.ts";

/**
 * Takes a body for a service definition (registry spec §2.2). Throws UnreadableDefinition where it is not
 * exactly one JSON value, or a value in it has another type than it must.
 */
export function readDefinition(body: Buffer): Definition {
  const text = bodyText(body);
  const { isCompact } = checkJson(text);
  // A definition that is `null` says nothing, as an empty one.
  return readField(definition, new JsonValue(text, 0, isCompact), TOP) ?? EMPTY;
}

const EMPTY = definition.read(new JsonValue("{}"), TOP) as Definition;
