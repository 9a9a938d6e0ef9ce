import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { admit, decode, type Origin } from "../../core/resources/admission.ts";
import { generateName } from "../../core/resources/generate-name.ts";
import { resourceName, type Kind } from "../../core/resources/kind.ts";
import { largeListOf, withLargeList } from "../../core/resources/large-list.ts";
import type { ManagedFields } from "../../core/resources/managed-fields/entry.ts";
import { fieldAt, unite } from "../../core/resources/managed-fields/fields.ts";
import { withManagedFields, withoutManagedFields } from "../../core/resources/managed-fields/tracked-part.ts";
import { namespaceKind } from "../../core/resources/namespace.ts";
import type { Metadata, Ref, Resource } from "../../core/resources/resource.ts";
import { isSettledItem } from "../../core/resources/settle.ts";
import { alreadyExists, invalid, invalidPatch, notFound, unreadable } from "../refusals.ts";
import { StoreFailure } from "../store-failure.ts";
import { appliedObject, madeByApply } from "./applied-object.ts";
import { checkIdentity, checkPrecondition, type ChangeMode } from "./identity-checks.ts";
import { fieldChanges, firstEntries, nextEntries, type RecordedWrite } from "./field-record.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { readObject, rowKey, textNow, type Ledger } from "./ledger.ts";
import type { ObjectRow } from "./object-table.ts";
import { patchedObject } from "./patched-object.ts";
import { protectedNamespaces } from "./protected-namespaces.ts";
import type { ApplyResult, ListSplice, RemoveResult, SpliceResult, WriteRequest } from "./protocol.ts";
import { refOfRow, refOfSent } from "./refs.ts";
import { isNamespace, Remover } from "./remover.ts";
import { changedObject, countGeneration, newObject, withMetadata, withStatus } from "./server-fields.ts";

type Of<Operation extends WriteRequest["operation"]> = Extract<
  WriteRequest,
  { readonly operation: Operation }
>;

interface RequestedChange extends RecordedWrite {
  readonly row: ObjectRow;
  /** Who wrote which fields, where that is not what it is after an update; `isSame`: the object is as it was. */
  readonly entriesOf?: (isSame: boolean) => ManagedFields;
}

interface RequestedObject {
  readonly kind: Kind;
  readonly ref: Ref;
  readonly sent: unknown;
  readonly by: ChangeMode["by"];
  readonly request: Of<"create"> | Of<"apply">;
  readonly entriesOf: (made: Resource) => ManagedFields;
}

/** The writes of one kind of object, each inside the caller's transaction and answered as JSON text. */
export class Writer {
  readonly #ledger: Ledger;
  readonly #kinds: KindRegistry;

  constructor(ledger: Ledger, kinds: KindRegistry) {
    this.#ledger = ledger;
    this.#kinds = kinds;
  }

  create(request: Of<"create">): string {
    const kind = this.#kinds.of(request.kind);
    const sent: unknown = JSON.parse(request.value);
    const entriesOf = (made: Resource) => firstEntries(kind, request, made);
    return this.#add({ kind, ref: refOfSent(kind, sent), sent, by: "replace", request, entriesOf });
  }

  /** Changes the object as an apply says, or makes it. */
  apply(request: Of<"apply">): ApplyResult {
    const { ref } = request;
    const kind = this.#kinds.of(request.kind);
    const mode = modeOf(kind, "patch", request.subresource);
    const row = this.#ledger.objects.get(rowKey(kind, ref));
    if (row) {
      if (request.onlyNew) throw alreadyExists(kind, ref, row.deleting);
      checkPrecondition(kind, row, request.precondition);
      const { sent, entriesOf } = appliedObject(kind, request, readObject(row));
      return { text: this.#change({ kind, row, sent, mode, request, entriesOf }), created: false };
    }
    if (mode.subresource !== undefined) throw notFound(kind, ref);
    const { sent, entriesOf } = madeByApply(kind, request);
    const made = { kind, ref, sent, by: "patch", request, entriesOf: () => entriesOf(false) } as const;
    return { text: this.#add(made), created: true };
  }

  #add({ kind, ref, sent, by, request, entriesOf }: RequestedObject): string {
    this.#checkNamespace(kind, ref);
    const decoded = readSent(kind, { sent, by, ref, origin: originOf(request) });
    const { metadata } = decoded;
    const name = metadata.name || (metadata.generateName ? this.#freeName(kind, metadata) : "");
    const keepsStatus = request.operation === "create" && request.withStatus === true;
    const birth = { name, uid: randomUUID(), now: request.now, keepsStatus };
    const value = newObject(kind, decoded, birth);
    const admitted = this.#admit(kind, value, undefined);
    const existing = this.#ledger.objects.get(rowKey(kind, admitted.metadata));
    if (existing) throw alreadyExists(kind, admitted.metadata, existing.deleting);
    return this.#ledger.add(kind, withManagedFields(admitted, entriesOf(admitted)));
  }

  update(request: Of<"update" | "updateStatus">): string {
    const kind = this.#kinds.of(request.kind);
    const sent: unknown = JSON.parse(request.value);
    const mode = modeOf(kind, "replace", request.operation === "update" ? undefined : "status");
    const ref = refOfSent(kind, sent);
    const row = this.#ledger.objects.get(rowKey(kind, ref));
    if (row) return this.#change({ kind, row, sent, mode, request });
    // What cannot be read is nothing at all, before it is something that is missing.
    readSent(kind, { sent, by: mode.by, ref, origin: "written" });
    throw notFound(kind, ref);
  }

  /** Writes what changes alone, or the whole object where it must. */
  splice(request: Of<"splice">): SpliceResult {
    const kind = this.#kinds.of(request.kind);
    const head: unknown = JSON.parse(request.value);
    const row = this.#existing(kind, refOfSent(kind, head));
    const mode = modeOf(kind, "replace", undefined);
    const text = this.#spliced({ kind, row, sent: head, mode, request }, request.list);
    if (text !== undefined) return { text, whole: false };
    const items = (largeListOf(kind, readObject(row)) ?? []).toSpliced(
      request.list.start,
      request.list.removed,
      ...request.list.items.map((item): unknown => JSON.parse(item)),
    );
    const sent = withLargeList(kind, head as Resource, items);
    return { text: this.#change({ kind, row, sent, mode, request }), whole: true };
  }

  /** undefined where the object must be looked at as a whole. */
  #spliced(change: RequestedChange, list: ListSplice): string | undefined {
    const { kind, row, sent, mode } = change;
    if (!row.split || row.deleting) return undefined;
    if (!list.items.every((item) => isSettledItem(kind, JSON.parse(item)))) return undefined;
    const stored = JSON.parse(row.split.head) as Resource;
    const previous = withoutManagedFields(stored);
    const value = readSent(kind, { sent, by: mode.by, ref: refOfRow(row), origin: "written" });
    checkIdentity(kind, { value, previous, mode });
    const next = this.#admit(kind, changedObject(kind, value, previous), previous);
    if (list.removed === 0 && list.items.length === 0) return undefined;
    const generation = (previous.metadata.generation ?? 1) + 1;
    const counted = kind.custom ? withMetadata(next, { generation }) : next;
    const entries = nextEntries(change, stored.metadata.managedFields, () => {
      const { changed, removed } = fieldChanges(change, { previous, next });
      return { changed: unite(changed, fieldAt(kind.largeList ?? [])), removed };
    });
    return this.#ledger.splice(kind, row, { value: withManagedFields(counted, entries), list });
  }

  patch(request: Of<"patch">): string {
    const kind = this.#kinds.of(request.kind);
    const mode = modeOf(kind, "patch", request.subresource);
    const row = this.#existing(kind, request.ref);
    checkPrecondition(kind, row, request.precondition);
    const sent = patchedObject(kind, request, readObject(row));
    return this.#change({ kind, row, sent, mode, request });
  }

  remove(request: Of<"remove">): RemoveResult {
    const kind = this.#kinds.of(request.kind);
    const row = this.#existing(kind, request.ref);
    checkPrecondition(kind, row, request.precondition);
    if (isNamespace(row) && protectedNamespaces.has(row.name)) {
      const values = [resourceName(kind), row.name, "this namespace may not be deleted"];
      throw new StoreFailure("STORE_FORBIDDEN", values, { resource: kind, ref: request.ref });
    }
    const body = textNow(row);
    const remover = new Remover(this.#ledger, this.#kinds, request.now);
    if (request.propagation === "Orphan") remover.orphan(row);
    remover.remove(row);
    const left = this.#ledger.objects.get(row);
    return { text: (left?.body ?? body).read(), gone: left === undefined };
  }

  #change(requested: RequestedChange): string {
    const { kind, row, sent, mode, request } = requested;
    const stored = readObject(row);
    const previous = withoutManagedFields(stored);
    const value = readSent(kind, { sent, by: mode.by, ref: refOfRow(row), origin: originOf(request) });
    checkIdentity(kind, { value, previous, mode });
    const change = mode.subresource === "status" ? withStatus : changedObject;
    const changed = change(kind, value, previous);
    const next = countGeneration(kind, this.#admit(kind, changed, previous), previous);
    const isSame = isDeepStrictEqual(next, previous);
    const former = stored.metadata.managedFields;
    const changesOf = () => (isSame ? NO_CHANGES : fieldChanges(requested, { previous, next }));
    const entries = requested.entriesOf?.(isSame) ?? nextEntries(requested, former, changesOf);
    if (isSame && isDeepStrictEqual(entries, former ?? [])) return row.body.read();
    if (row.deleting && (next.metadata.finalizers ?? []).length === 0 && this.#isFree(row)) {
      new Remover(this.#ledger, this.#kinds, request.now).drop(row);
      return JSON.stringify(withManagedFields(next, entries));
    }
    return this.#ledger.change(kind, row, withManagedFields(next, entries));
  }

  /** Normalises and validates; throws STORE_INVALID with everything that is wrong. */
  #admit(kind: Kind, value: Resource, previous: Resource | undefined): Resource {
    const admitted = admit(kind, value, previous);
    if (admitted.causes.length > 0) throw invalid(kind, value.metadata, admitted.causes);
    return admitted.value;
  }

  #isFree(row: ObjectRow): boolean {
    return !isNamespace(row) || this.#ledger.objects.isNamespaceEmpty(row.name);
  }

  #existing(kind: Kind, ref: Ref): ObjectRow {
    const row = this.#ledger.objects.get(rowKey(kind, ref));
    if (!row) throw notFound(kind, ref);
    return row;
  }

  #checkNamespace(kind: Kind, ref: Ref): void {
    if (kind.scope === "Cluster") return;
    const namespace = ref.namespace ?? "";
    const row = this.#ledger.objects.get(rowKey(namespaceKind, { name: namespace }));
    if (!row) throw new StoreFailure("STORE_NAMESPACE_MISSING", [namespace], { resource: kind, ref });
    if (!row.deleting) return;
    const values = [resourceName(kind), ref.name, namespace];
    throw new StoreFailure("STORE_NAMESPACE_TERMINATING", values, { resource: kind, ref });
  }

  /** A generated name that is free; after a few collisions the last one, which is then refused as taken. */
  #freeName(kind: Kind, metadata: Metadata): string {
    let name = "";
    for (let attempt = 0; attempt < 8; attempt++) {
      name = generateName(metadata.generateName ?? "", randomInt);
      if (!this.#ledger.objects.get(rowKey(kind, { ...metadata, name }))) return name;
    }
    return name;
  }
}

const NO_CHANGES = { changed: undefined, removed: undefined };

function modeOf(kind: Kind, by: ChangeMode["by"], subresource: ChangeMode["subresource"]): ChangeMode {
  if (subresource === undefined || kind.statusSubresource) return { by, subresource };
  throw new StoreFailure("STORE_NO_SUBRESOURCE", [resourceName(kind), subresource], { resource: kind });
}

function originOf({ operation }: WriteRequest): Origin {
  return operation === "apply" ? "applied" : "written";
}

function readSent(
  kind: Kind,
  from: { readonly sent: unknown; readonly by: ChangeMode["by"]; readonly ref: Ref; readonly origin: Origin },
) {
  const decoded = decode(kind, from.sent, from.origin);
  if (decoded.kind === "decoded") return decoded.value;
  // The result of a patch is refused field by field: kubectl prints the whole patch otherwise (spec §8.3).
  if (from.by === "patch") throw invalidPatch(kind, from.ref, decoded.problem);
  throw unreadable(kind, from.ref, decoded.problem);
}
