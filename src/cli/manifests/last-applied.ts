import { isPlainObject, mapValues, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { objectAt, textAt } from "../json-fields.ts";
import { dataOfSecret, isSecret } from "./secret-data.ts";

/** kubectl's own annotation, so that both programs know what the other applied. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The object with the annotation that remembers it. */
export function withLastApplied(object: PlainObject): PlainObject {
  const metadata = objectAt(object, "metadata") ?? {};
  const { [LAST_APPLIED]: _replaced, ...annotations } = objectAt(metadata, "annotations") ?? {};
  const plain = { ...object, metadata: { ...metadata, annotations } };
  const text = `${goJson(remembered(plain))}\n`;
  return { ...plain, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

/** What was applied last to the object that the server has; undefined when it does not tell. */
export function lastApplied(current: PlainObject): PlainObject | undefined {
  const text = textAt(current, "metadata", "annotations", LAST_APPLIED);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isPlainObject(parsed) ? dataOfSecret(parsed) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A Secret's values are left out of what is remembered. The next `apply` needs the keys, to delete those that
 * are gone; what has changed is found by comparing with the server. kubectl writes the values in here, plain
 * ones too, where everything that reads annotations sees them.
 */
function remembered(object: PlainObject): PlainObject {
  const data = ownValue(object, "data");
  if (!isSecret(object) || !isPlainObject(data)) return object;
  return { ...object, data: mapValues(data, () => "") };
}

/** JSON byte for byte as Go writes it, so that kubectl finds nothing to change: sorted keys, `<` escaped. */
function goJson(value: unknown): string {
  return stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** JSON.stringify cannot sort: it writes keys such as "10" before all others. */
function stringify(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stringify).join(",")}]`;
  if (!isPlainObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stringify(value[key])}`).join(",")}}`;
}
