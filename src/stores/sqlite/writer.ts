import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { admit, decode } from "../../core/resources/admission.ts";
import { generateName } from "../../core/resources/generate-name.ts";
import { apiVersionOf, resourceName, type Kind } from "../../core/resources/kind.ts";
import { mergePatch } from "../../core/resources/merge-patch.ts";
import { namespaceKind } from "../../core/resources/namespace.ts";
import type { Metadata, Ref, Resource } from "../../core/resources/resource.ts";
import { strategicPatch } from "../../core/resources/strategic-patch.ts";
import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import {
  alreadyExists,
  invalid,
  invalidPatch,
  modified,
  notFound,
  strategicUnsupported,
  unreadable,
  wrongUid,
  wrongVersion,
} from "../refusals.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Precondition } from "../store.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { readObject, rowKey, type Ledger } from "./ledger.ts";
import type { ObjectRow } from "./object-table.ts";
import type { RemoveResult, WriteRequest } from "./protocol.ts";
import { isNamespace, Remover } from "./remover.ts";
import { protectedNamespaces } from "./protected-namespaces.ts";
import { changedObject, countGeneration, newObject, withStatus } from "./server-fields.ts";

type Of<Operation extends WriteRequest["operation"]> = Extract<
  WriteRequest,
  { readonly operation: Operation }
>;

type ChangeMode = "replace" | "patch" | "status";

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
    const ref = refOf(kind, sent);
    this.#checkNamespace(kind, ref);
    const decoded = decode(kind, sent);
    if (decoded.kind === "unreadable") throw unreadable(kind, ref, decoded.problem);
    const { metadata } = decoded.value;
    const name = metadata.name || (metadata.generateName ? this.#freeName(kind, metadata) : "");
    const value = newObject(kind, decoded.value, { name, uid: randomUUID(), now: request.now });
    const admitted = this.#admit(kind, value, undefined);
    const existing = this.#ledger.objects.get(rowKey(kind, admitted.metadata));
    if (existing) throw alreadyExists(kind, admitted.metadata, existing.deleting);
    return this.#ledger.add(kind, admitted);
  }

  update(request: Of<"update" | "updateStatus">): string {
    const kind = this.#kinds.of(request.kind);
    const sent: unknown = JSON.parse(request.value);
    const mode = request.operation === "update" ? "replace" : "status";
    if (mode === "status" && !kind.statusSubresource) {
      throw new StoreFailure("STORE_NO_SUBRESOURCE", [resourceName(kind), "status"], { resource: kind });
    }
    const ref = refOf(kind, sent);
    return this.#change({ kind, row: this.#existing(kind, ref), sent, mode, now: request.now });
  }

  patch(request: Of<"patch">): string {
    const kind = this.#kinds.of(request.kind);
    const row = this.#existing(kind, request.ref);
    const sent = patched(kind, request, readObject(row));
    return this.#change({ kind, row, sent, mode: "patch", now: request.now });
  }

  remove(request: Of<"remove">): RemoveResult {
    const kind = this.#kinds.of(request.kind);
    const row = this.#existing(kind, request.ref);
    checkPrecondition(kind, row, request.precondition);
    if (isNamespace(row) && protectedNamespaces.has(row.name)) {
      const values = [resourceName(kind), row.name, "this namespace may not be deleted"];
      throw new StoreFailure("STORE_FORBIDDEN", values, { resource: kind, ref: request.ref });
    }
    const remover = new Remover(this.#ledger, this.#kinds, request.now);
    if (request.propagation === "Orphan") remover.orphan(row);
    remover.remove(row);
    const left = this.#ledger.objects.get(row);
    return { text: (left ?? row).body.read(), gone: left === undefined };
  }

  #change(change: {
    readonly kind: Kind;
    readonly row: ObjectRow;
    readonly sent: unknown;
    readonly mode: ChangeMode;
    readonly now: number;
  }): string {
    const { kind, row, sent, mode, now } = change;
    const ref = refOfRow(row);
    const previous = readObject(row);
    const decoded = decode(kind, sent);
    if (decoded.kind === "unreadable") {
      throw mode === "patch"
        ? invalidPatch(kind, ref, decoded.problem)
        : unreadable(kind, ref, decoded.problem);
    }
    checkIdentity(kind, { value: decoded.value, previous, mode });
    const changed =
      mode === "status"
        ? withStatus(kind, decoded.value, previous)
        : changedObject(kind, decoded.value, previous);
    const next = countGeneration(kind, this.#admit(kind, changed, previous), previous);
    if (isDeepStrictEqual(next, previous)) return row.body.read();
    if (row.deleting && (next.metadata.finalizers ?? []).length === 0 && this.#isFree(row)) {
      new Remover(this.#ledger, this.#kinds, now).drop(row);
      return JSON.stringify(next);
    }
    return this.#ledger.change(row, next);
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

function patched(kind: Kind, request: Of<"patch">, previous: Resource): unknown {
  const patch: unknown = JSON.parse(request.patch);
  if (request.patchType === "strategic" && kind.custom) throw strategicUnsupported(kind, request.ref);
  if (!isPlainObject(patch)) {
    const type = Array.isArray(patch) ? "array" : patch === null ? "null" : typeof patch;
    throw new StoreFailure(
      "STORE_BAD_PATCH",
      [`json: cannot unmarshal ${type} into Go value of type map[string]interface {}`],
      { resource: kind, ref: request.ref },
    );
  }
  if (request.patchType === "merge") return mergePatch(previous, patch);
  const result = strategicPatch(previous as unknown as PlainObject, patch);
  if (result.kind === "bad-patch") throw invalidPatch(kind, request.ref, result.problem);
  return result.value;
}

interface Identified {
  readonly value: Resource;
  readonly previous: Resource;
  readonly mode: ChangeMode;
}

/** Refuses another name, version, uid or kind than those of the stored object (admin-api spec §§7, 8.2, 8.3). */
function checkIdentity(kind: Kind, { value, previous, mode }: Identified): void {
  const { metadata } = value;
  const stored = previous.metadata;
  const ref = refOfObject(previous);
  if (metadata.name !== stored.name) {
    throw new StoreFailure("STORE_NAME_MISMATCH", [metadata.name, stored.name], { resource: kind, ref });
  }
  checkVersion(kind, { value, previous, mode });
  const immutable = (field: string, shown: string) =>
    invalid(kind, ref, [
      {
        reason: "FieldValueInvalid",
        message: `Invalid value: ${JSON.stringify(shown)}: field is immutable`,
        field,
      },
    ]);
  if (metadata.uid && metadata.uid !== stored.uid) {
    if (mode === "patch") throw immutable("metadata.uid", metadata.uid);
    throw wrongUid(kind, ref, { given: metadata.uid, stored: stored.uid });
  }
  const { deletionTimestamp } = metadata;
  if (mode !== "status" && deletionTimestamp && !sameInstant(deletionTimestamp, stored.deletionTimestamp)) {
    throw immutable("metadata.deletionTimestamp", deletionTimestamp);
  }
  if (mode === "patch") checkType(kind, value, ref);
}

function checkType(kind: Kind, value: Resource, ref: Ref): void {
  const expected = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  for (const field of ["apiVersion", "kind"] as const) {
    if (value[field] === expected[field]) continue;
    const message = `Invalid value: ${JSON.stringify(value[field])}: must be ${expected[field]}`;
    throw invalid(kind, ref, [{ reason: "FieldValueInvalid", message, field }]);
  }
}

function checkVersion(kind: Kind, { value, previous, mode }: Identified): void {
  const given = value.metadata.resourceVersion;
  const ref = refOfObject(previous);
  if (!given || given === "0") {
    if (!kind.custom || mode === "status") return;
    throw invalid(kind, ref, [
      {
        reason: "FieldValueInvalid",
        message: "Invalid value: 0: must be specified for an update",
        field: "metadata.resourceVersion",
      },
    ]);
  }
  if (!/^\d+$/.test(given)) {
    throw new StoreFailure("STORE_BAD_VERSION", [given], { resource: kind, ref });
  }
  if (given !== previous.metadata.resourceVersion) throw modified(kind, ref);
}

function sameInstant(left: string, right: string | undefined): boolean {
  return right !== undefined && Date.parse(left) === Date.parse(right);
}

function checkPrecondition(kind: Kind, row: ObjectRow, { uid, resourceVersion }: Precondition): void {
  const ref = refOfRow(row);
  if (uid !== undefined && uid !== row.uid) throw wrongUid(kind, ref, { given: uid, stored: row.uid });
  const stored = String(row.version);
  if (resourceVersion !== undefined && resourceVersion !== stored) {
    throw wrongVersion(kind, ref, { given: resourceVersion, stored });
  }
}

/** Name and namespace of what a client sent, before it is known to be readable. */
function refOf(kind: Kind, sent: unknown): Ref {
  const metadata = isPlainObject(sent) && isPlainObject(sent["metadata"]) ? sent["metadata"] : {};
  const { name, namespace } = metadata;
  const ref = { name: typeof name === "string" ? name : "" };
  return kind.scope === "Namespaced" && typeof namespace === "string" ? { ...ref, namespace } : ref;
}

function refOfRow({ name, namespace }: ObjectRow): Ref {
  return namespace === "" ? { name } : { name, namespace };
}

function refOfObject({ metadata: { name, namespace } }: Resource): Ref {
  return namespace === undefined ? { name } : { name, namespace };
}
