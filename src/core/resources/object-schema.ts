import { flag, listOf, mapOf, object, optional, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import { structuralSchema, type StructuralSchema } from "./structural-schema.ts";

const ownerReference = object({
  apiVersion: optional(text()),
  kind: optional(text()),
  name: optional(text()),
  uid: optional(text()),
  controller: optional(flag()),
  blockOwnerDeletion: optional(flag()),
});

/**
 * Everything a client may send in `metadata` without being told that the field is unknown. What the server
 * owns is overwritten later (admin-api spec §7). `managedFields` is not read here: its items are free.
 */
export const metadataSchema = structuralSchema(
  object({
    name: optional(text()),
    generateName: optional(text()),
    namespace: optional(text()),
    uid: optional(text()),
    resourceVersion: optional(text()),
    generation: optional(wholeNumber()),
    creationTimestamp: optional(text()),
    deletionTimestamp: optional(text()),
    deletionGracePeriodSeconds: optional(wholeNumber()),
    labels: optional(mapOf(text())),
    annotations: optional(mapOf(text())),
    finalizers: optional(listOf(text())),
    ownerReferences: optional(listOf(ownerReference)),
    selfLink: optional(text()),
  }),
);

/** Known to every client, and no part of the schema: neither kept by it nor called unknown. Read on their own. */
export const droppedMetadata: ReadonlySet<string> = new Set(["managedFields"]);

const schemas = new WeakMap<object, StructuralSchema>();

/** The schema of a whole object of a kind: apiVersion, kind, metadata and the kind's own properties. */
export function objectSchema(kind: Pick<Kind, "schema">): StructuralSchema {
  const known = schemas.get(kind.schema);
  if (known) return known;
  const own = structuralSchema(kind.schema);
  const whole: StructuralSchema = {
    ...own,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: metadataSchema,
      ...own.properties,
    },
  };
  schemas.set(kind.schema, whole);
  return whole;
}
