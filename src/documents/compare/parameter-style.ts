import { ownValue, type PlainObject } from "../../core/plain-object.ts";
import { plainText } from "../check/short-text.ts";
import { resolved } from "./resolved.ts";

/** What Swagger 2.0 calls the styles of later versions. */
const COLLECTION_FORMATS = new Map([
  ["ssv", "spaceDelimited"],
  ["tsv", "tabDelimited"],
  ["pipes", "pipeDelimited"],
]);

/** How a parameter writes a list or an object, with all that is taken where nothing is said; undefined for others. */
export function parameterStyle(root: PlainObject, parameter: PlainObject): string | undefined {
  const declared = ownValue(parameter, "schema");
  const { object: schema } = resolved(root, declared ?? parameter);
  const type = ownValue(schema, "type");
  if (type !== "array" && type !== "object") return undefined;
  const usual = /^(?:query|cookie|formData)$/.test(plainText(ownValue(parameter, "in"))) ? "form" : "simple";
  if (declared === undefined) {
    const format = plainText(ownValue(parameter, "collectionFormat") ?? "csv");
    return styleText(COLLECTION_FORMATS.get(format) ?? usual, format === "multi");
  }
  const style = plainText(ownValue(parameter, "style") ?? usual);
  const explode = ownValue(parameter, "explode") ?? style === "form";
  // A list looks the same either way where its items stand in one text.
  return styleText(style, explode === true && !(type === "array" && style === "simple"));
}

function styleText(style: string, explode: boolean): string {
  return explode ? `${style}, exploded` : style;
}
