import { flag, listOf, mapOf, object, optional, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import { structuralSchema, type StructuralSchema } from "./structural-schema.ts";

const ownerReference = object({
  apiVersion: optional(text({ description: "Group and version of the owner." })),
  kind: optional(text({ description: "Kind of the owner." })),
  name: optional(text({ description: "Name of the owner." })),
  uid: optional(text({ description: "Identity of the owner, by which it is known." })),
  controller: optional(flag({ description: "Whether the owner manages the object; one at most." })),
  blockOwnerDeletion: optional(flag({ description: "Kept as it is written, for a cluster." })),
});

/**
 * Everything a client may send in `metadata` without being told that the field is unknown. What the server
 * owns is overwritten later (admin-api spec §7). `managedFields` is not read here: its items are free.
 */
export const metadataSchema = structuralSchema(
  object({
    name: optional(
      text({ description: "Unique among objects of the kind in the namespace; never changes." }),
    ),
    generateName: optional(text({ description: "Beginning of a name that the server completes." })),
    namespace: optional(text({ description: "Space in which the name is unique; never changes." })),
    uid: optional(
      text({ description: "Identity given by the server; no two objects ever have the same one." }),
    ),
    resourceVersion: optional(
      text({ description: "Changes with each write. A write that names an older one is refused." }),
    ),
    generation: optional(
      wholeNumber({ description: "Counts the changes of what is wanted; given by the server." }),
    ),
    creationTimestamp: optional(text({ description: "When the object was created; given by the server." })),
    deletionTimestamp: optional(
      text({ description: "When its deletion was asked for; it goes with the last finalizer." }),
    ),
    deletionGracePeriodSeconds: optional(wholeNumber({ description: "0 in an object that ends." })),
    labels: optional(mapOf(text(), { description: "Short values by key, which lists select by." })),
    annotations: optional(mapOf(text(), { description: "Notes by key of whoever works with the object." })),
    finalizers: optional(
      listOf(text(), { description: "Who must still do something before a deleted object goes." }),
    ),
    ownerReferences: optional(
      listOf(ownerReference, { description: "Objects without which this one goes too." }),
    ),
    selfLink: optional(text({ description: "Not kept." })),
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
