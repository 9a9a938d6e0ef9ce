import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";

/** Whether it says that it is OpenAPI, or Swagger as it was called before. */
export function isOpenApi(value: unknown): value is PlainObject {
  if (!isPlainObject(value)) return false;
  return ownValue(value, "openapi") !== undefined || ownValue(value, "swagger") !== undefined;
}
