import { isPlainObject } from "../core/plain-object.ts";
import { rawJson, rawObject } from "./raw-json.ts";
import { JsonValue } from "./request/json-value.ts";
import { textOf, type SecretData } from "./secret-data.ts";
import { sortedObject } from "./sorted-object.ts";

/** The extra headers and query parameters of a Secret as JSON; undefined where it has none. */
export function shownParameters(secret: SecretData | undefined): string | undefined {
  const headers = shownLists(textOf(secret, "headers"));
  const queryParameters = shownLists(textOf(secret, "queryParameters"));
  if (headers === undefined && queryParameters === undefined) return undefined;
  return rawObject({ headers, queryParameters });
}

/** Somebody may have written the Secret by hand: what is no object is not shown. */
function shownLists(text: string | undefined): string | undefined {
  const json = text === undefined ? undefined : rawJson(text);
  if (json === undefined || !isPlainObject(JSON.parse(json))) return undefined;
  const members = [...new JsonValue(json).members()];
  return sortedObject(members.map(([name, value]) => [name, value.compact()]));
}
