import type { ManagedFields } from "./managed-fields/entry.ts";

/** The Kubernetes object model, in both homes (design §4). */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What a writer may say about an object. The server owns the rest (admin-api spec §7). */
export interface WrittenMetadata {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface Metadata extends WrittenMetadata {
  readonly uid: string;
  /** Decimal string from one counter for all kinds; compare for equality only. */
  readonly resourceVersion: string;
  /** RFC 3339, whole seconds, UTC. */
  readonly creationTimestamp: string;
  /** Only on kinds that count generations. */
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  /** Who wrote which fields; only for those who ask for it. */
  readonly managedFields?: ManagedFields;
}

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** A resource as it is handed to `create`: server-owned metadata is absent or ignored. */
export type New<T extends Resource> = Omit<T, "metadata" | "apiVersion" | "kind"> & {
  readonly apiVersion?: T["apiVersion"];
  readonly kind?: T["kind"];
  readonly metadata: WrittenMetadata;
};

/** Names one object of a kind. `namespace` is absent for cluster-scoped kinds. */
export interface Ref {
  readonly name: string;
  readonly namespace?: string;
}
