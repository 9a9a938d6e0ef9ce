import { isPlainObject, ownValue, type PlainObject } from "../../plain-object.ts";
import { compareFields } from "./compare-fields.ts";
import { subtract, subtractBranches, type FieldSet } from "./fields.ts";
import { namedFields } from "./fields-of.ts";

/** Where `kubectl apply`, without the server's help, keeps what it applied. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The manager that moves from there to server-side apply (admin-api spec §9). */
const MOVING_MANAGER = "kubectl";

/** Bytes that all annotations of one object may have. */
const ANNOTATIONS_LIMIT = 262_144;

/**
 * The fields that kubectl may take from others: it wrote them itself, by an apply of its own, and nobody has
 * changed them since.
 */
export function allowedByLastApplied(stored: object, manager: string): FieldSet {
  const text = manager === MOVING_MANAGER ? lastAppliedOf(stored) : undefined;
  const applied = text === undefined ? undefined : parsed(text);
  if (!isPlainObject(applied)) return undefined;
  const { changed, removed } = compareFields(applied, stored);
  return subtractBranches(subtract(namedFields(applied), changed), removed);
}

/** An applied object whose annotation says what was applied now, where it has one: `kubectl apply` goes by it. */
export function withLastApplied(value: object, body: PlainObject, manager: string): object {
  if (manager !== MOVING_MANAGER || lastAppliedOf(value) === undefined) return value;
  const metadata = ownValue(value as PlainObject, "metadata") as PlainObject;
  const { [LAST_APPLIED]: _former, ...others } = metadata["annotations"] as PlainObject;
  const text = `${JSON.stringify(withoutLastApplied(body))}\n`;
  const isFit = Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(others)) <= ANNOTATIONS_LIMIT;
  const annotations = isFit ? { ...others, [LAST_APPLIED]: text } : others;
  return { ...value, metadata: { ...metadata, annotations } };
}

function withoutLastApplied(body: PlainObject): PlainObject {
  const metadata = ownValue(body, "metadata");
  const annotations = isPlainObject(metadata) ? metadata["annotations"] : undefined;
  if (!isPlainObject(metadata) || !isPlainObject(annotations)) return body;
  const { [LAST_APPLIED]: _former, ...others } = annotations;
  return { ...body, metadata: { ...metadata, annotations: others } };
}

function lastAppliedOf(value: object): string | undefined {
  const metadata = ownValue(value as PlainObject, "metadata");
  const annotations = isPlainObject(metadata) ? ownValue(metadata, "annotations") : undefined;
  const text = isPlainObject(annotations) ? ownValue(annotations, LAST_APPLIED) : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
