import type { TSchema } from "typebox";
import type { Resource } from "./resource.ts";

/** One thing that is wrong with an object, in the terms of a Kubernetes Status cause (admin-api spec §13). */
export interface Cause {
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueTypeInvalid"
    | "FieldValueNotSupported"
    | "FieldValueTooLong"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    /** Of an apply: another manager holds the field. */
    | "FieldManagerConflict";
  /** Never quotes a value of a Secret. */
  readonly message: string;
  /** Such as `spec.services[0].entries[0].type`. */
  readonly field: string;
}

/** A column of `kubectl get`. Priority 1 shows with `-o wide` only. */
export interface Column<T extends Resource> {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly format?: "name";
  readonly description: string;
  readonly priority: 0 | 1;
  /** Where the CRD says that the value stands; a column without it is left out there. */
  readonly jsonPath?: string;
  /** `now` is in milliseconds since the epoch, for ages. */
  readonly cell: (value: T, now: number) => string | number | null;
}

/**
 * Everything the product needs to know of one kind of resource, declared in one file: store, admin API,
 * discovery, CRD and CLI read it from here.
 */
export interface Kind<T extends Resource = Resource> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: T["kind"];
  /** What such an object is, in a sentence or two for `kubectl explain` and the CRD. */
  readonly description: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: "Cluster" | "Namespaced";
  /** Whether `/status` exists; without it the status is written with the object (amendment A3). */
  readonly statusSubresource: boolean;
  /** Custom resources count generations and refuse strategic merge; core kinds do neither. */
  readonly custom: boolean;
  /** Whether names are RFC 1123 labels (≤ 63, no dots) instead of subdomains (≤ 253). */
  readonly nameRule?: "label";
  /** Properties beside apiVersion, kind and metadata: a structural schema. */
  readonly schema: TSchema;
  readonly columns: readonly Column<T>[];
  /** Extra `fieldSelector` fields beside metadata.name and metadata.namespace, and how to read them. */
  readonly selectableFields?: Readonly<Record<string, (value: T) => string>>;
  /** Rules beyond the schema, run after it. `previous` is the stored object on an update. */
  readonly validate?: (value: T, previous: T | undefined) => readonly Cause[];
  /**
   * Brings an object whose types are right into its stored form before validation, such as Secret's
   * stringData → data. Also adds what the server owns beyond metadata, such as a Namespace's phase.
   */
  readonly normalise?: (value: T) => T;
  /** What a client should be told though it is no error, such as a certificate that is none. */
  readonly warnings?: (value: T) => readonly string[];
  /** Bytes of JSON that one object may have. @default 1.5 MiB, as in a cluster */
  readonly sizeLimit?: number;
  /**
   * Path of a list that may have thousands of items, such as `["spec", "services"]`: a home may keep them one by
   * one, and write those alone that change. Only for kinds without `normalise`, `selectableFields` and secrets, whose
   * items stand alone, and whose `validate` looks at the metadata alone.
   */
  readonly largeList?: readonly string[];
  /** The row is encrypted whole, and no message may quote a value. */
  readonly secret?: boolean;
}

export function apiVersionOf(kind: Pick<Kind, "group" | "version">): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** The way Kubernetes names a resource type in messages: `applications.applicationconnector.kyma-project.io`. */
export function resourceName(kind: Pick<Kind, "group" | "plural">): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}
