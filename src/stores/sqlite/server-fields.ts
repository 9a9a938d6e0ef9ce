import { isDeepStrictEqual } from "node:util";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import type { Metadata, Resource } from "../../core/resources/resource.ts";

/** RFC 3339, whole seconds, UTC. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** What the server decides about a new object; its version is set when it is stored. */
export interface Birth {
  readonly name: string;
  readonly uid: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether a status that is a subresource is kept. */
  readonly keepsStatus?: boolean | undefined;
}

/** A decoded object with the metadata of a new one; whatever the client said of it is ignored (spec §7). */
export function newObject<T extends Resource>(
  kind: Kind<T>,
  value: T,
  { name, uid, now, keepsStatus }: Birth,
): T {
  const { status, ...rest } = value as T & { status?: unknown };
  const isIgnored = kind.statusSubresource && keepsStatus !== true;
  const kept = isIgnored || status === undefined ? rest : { ...rest, status };
  const metadata: Metadata = {
    ...writtenMetadata(kind, value.metadata),
    name,
    uid,
    resourceVersion: "",
    creationTimestamp: timestamp(now),
    ...(kind.custom ? { generation: 1 } : {}),
  };
  return assemble(kind, kept as T, metadata);
}

/** A decoded object as the successor of `previous`: the server's metadata are those of `previous`. */
export function changedObject<T extends Resource>(kind: Kind<T>, value: T, previous: T): T {
  const former = previous as T & { status?: unknown };
  const { status: _status, ...rest } = value as T & { status?: unknown };
  const next = kind.statusSubresource
    ? { ...rest, ...(former.status === undefined ? {} : { status: former.status }) }
    : value;
  return assemble(kind, next as T, {
    ...writtenMetadata(kind, value.metadata),
    ...serverMetadata(previous.metadata),
  });
}

/** `previous` with the status of `value`. */
export function withStatus<T extends Resource>(kind: Kind<T>, value: T, previous: T): T {
  const { status: _former, ...rest } = previous as T & { status?: unknown };
  const { status } = value as T & { status?: unknown };
  return assemble(
    kind,
    { ...rest, ...(status === undefined ? {} : { status }) } as unknown as T,
    previous.metadata,
  );
}

/**
 * Sets the next generation where the kind counts them and something outside metadata (and outside a status
 * that is a subresource) changed.
 */
export function countGeneration<T extends Resource>(kind: Kind<T>, next: T, previous: T): T {
  if (!kind.custom || isDeepStrictEqual(countedPart(kind, next), countedPart(kind, previous))) return next;
  return withMetadata(next, { generation: (previous.metadata.generation ?? 1) + 1 });
}

function countedPart<T extends Resource>(kind: Kind<T>, value: T): object {
  const { metadata: _metadata, ...rest } = value;
  if (!kind.statusSubresource) return rest;
  const { status: _status, ...counted } = rest as { status?: unknown };
  return counted;
}

export function withMetadata<T extends Resource>(value: T, metadata: Partial<Metadata>): T {
  return { ...value, metadata: { ...value.metadata, ...metadata } };
}

/** The mark of an object that finalizers still hold. */
export function markedDeleted<T extends Resource>(kind: Kind<T>, value: T, now: number): T {
  const { generation } = value.metadata;
  return withMetadata(value, {
    deletionTimestamp: timestamp(now),
    deletionGracePeriodSeconds: 0,
    ...(kind.custom ? { generation: (generation ?? 1) + 1 } : {}),
  });
}

function assemble<T extends Resource>(kind: Kind<T>, value: T, metadata: Metadata): T {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = value;
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, ...rest } as unknown as T;
}

function serverMetadata(
  metadata: Metadata,
): Omit<Metadata, keyof ReturnType<typeof writtenMetadata>> & Pick<Metadata, "name" | "namespace"> {
  const { namespace, generation, deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  return {
    name: metadata.name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    creationTimestamp: metadata.creationTimestamp,
    ...(generation === undefined ? {} : { generation }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
  };
}

/** What a writer decides, without what is empty: absent and empty mean the same (spec §7). */
function writtenMetadata(kind: Pick<Kind, "scope">, metadata: Metadata) {
  const { name, generateName, namespace, labels, annotations, finalizers, ownerReferences } = metadata;
  return {
    name,
    ...(generateName ? { generateName } : {}),
    ...(namespace && kind.scope === "Namespaced" ? { namespace } : {}),
    ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
    ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(ownerReferences && ownerReferences.length > 0 ? { ownerReferences } : {}),
    ...(finalizers && finalizers.length > 0 ? { finalizers } : {}),
  };
}
