import { mapValues, isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";

export function isSecret(object: PlainObject): boolean {
  return object["apiVersion"] === "v1" && object["kind"] === "Secret";
}

/**
 * A Secret with its `stringData` written as `data`, as the server will keep it: only so can it be compared
 * with what the server has, and deleted keys be found. Anything malformed is left for the server to refuse.
 */
export function dataOfSecret(object: PlainObject): PlainObject {
  const plain = ownValue(object, "stringData");
  if (!isSecret(object) || !isPlainObject(plain)) return object;
  if (!Object.values(plain).every((value) => typeof value === "string")) return object;
  const { stringData: _moved, ...rest } = object;
  const data = ownValue(object, "data");
  return {
    ...rest,
    data: {
      ...(isPlainObject(data) ? data : {}),
      ...mapValues(plain, (value) => Buffer.from(String(value), "utf8").toString("base64")),
    },
  };
}
