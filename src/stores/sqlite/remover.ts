import type { Resource } from "../../core/resources/resource.ts";
import { namespaceKind } from "../../core/resources/namespace.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { readObject, rowKey, type Ledger } from "./ledger.ts";
import type { ObjectRow } from "./object-table.ts";
import type { RowKey } from "./row-key.ts";
import { markedDeleted } from "./server-fields.ts";

interface Released {
  readonly dependent: RowKey;
  /** Of the owner that is gone. */
  readonly namespace: string;
}

/**
 * Lets objects go, and with each what hangs on it: dependents whose owners are all gone, the contents of a
 * namespace, and a namespace that waited for its last object. All in the caller's transaction, because no
 * controller runs that would do it later (admin-api spec §8.6).
 */
export class Remover {
  readonly #ledger: Ledger;
  readonly #kinds: KindRegistry;
  readonly #now: number;
  // What is still to be looked at: lists instead of recursion, because a chain of owners may be long.
  readonly #released: Released[] = [];
  readonly #namespaces = new Set<string>();

  /** `now` in milliseconds since the epoch, for deletion timestamps. */
  constructor(ledger: Ledger, kinds: KindRegistry, now: number) {
    this.#ledger = ledger;
    this.#kinds = kinds;
    this.#now = now;
  }

  /** Removes the object, or marks it where finalizers (or a namespace's contents) still hold it. */
  remove(row: ObjectRow): void {
    this.#remove(row);
    this.#settle();
  }

  /** Removes a row that nothing holds; watchers see its stored state go. */
  drop(row: ObjectRow): void {
    this.#drop(row);
    this.#settle();
  }

  /** Takes the owner out of its dependents, which then stay. */
  orphan(owner: ObjectRow): void {
    for (const key of this.#ledger.objects.dependentsOf(owner.uid)) {
      const row = this.#ledger.objects.get(key);
      if (!row) continue;
      const value = readObject(row);
      const { ownerReferences = [], ...metadata } = value.metadata;
      const kept = ownerReferences.filter((reference) => reference.uid !== owner.uid);
      const next = {
        ...value,
        metadata: kept.length > 0 ? { ...metadata, ownerReferences: kept } : metadata,
      };
      this.#ledger.amend(row, next);
    }
  }

  #remove(row: ObjectRow): void {
    if (isNamespace(row)) {
      for (const key of this.#ledger.objects.inNamespace(row.name)) {
        const inner = this.#ledger.objects.get(key);
        if (inner) this.#remove(inner);
      }
    }
    const value = readObject(row);
    const holdsObjects = isNamespace(row) && !this.#ledger.objects.isNamespaceEmpty(row.name);
    if ((value.metadata.finalizers ?? []).length === 0 && !holdsObjects) this.#drop(row);
    else if (!row.deleting) this.#mark(row, value);
  }

  #drop(row: ObjectRow): void {
    for (const dependent of this.#ledger.objects.dependentsOf(row.uid)) {
      this.#released.push({ dependent, namespace: row.namespace });
    }
    this.#ledger.remove(row);
    if (row.namespace !== "") this.#namespaces.add(row.namespace);
  }

  #settle(): void {
    for (let next = this.#released.pop(); next; next = this.#released.pop()) this.#release(next);
    const emptied = [...this.#namespaces];
    this.#namespaces.clear();
    for (const name of emptied) this.#finishNamespace(name);
    if (this.#released.length > 0 || this.#namespaces.size > 0) this.#settle();
  }

  #mark(row: ObjectRow, value: Resource): void {
    const kind = this.#kinds.ofRow(row);
    const marked = markedDeleted(kind, value, this.#now);
    this.#ledger.amend(row, kind.normalise?.(marked) ?? marked);
  }

  /** An owner is gone: its dependent goes too unless another owner is left. */
  #release({ dependent, namespace }: Released): void {
    // An owner counts only for objects of its own namespace, a cluster-scoped one for all.
    if (namespace !== "" && namespace !== dependent.namespace) return;
    const row = this.#ledger.objects.get(dependent);
    if (!row) return;
    const owners = readObject(row).metadata.ownerReferences ?? [];
    if (!owners.some(({ uid }) => this.#ledger.objects.hasUid(uid))) this.#remove(row);
  }

  #finishNamespace(name: string): void {
    const row = this.#ledger.objects.get(rowKey(namespaceKind, { name }));
    if (!row?.deleting || !this.#ledger.objects.isNamespaceEmpty(name)) return;
    const value = readObject(row);
    if ((value.metadata.finalizers ?? []).length === 0) this.#drop(row);
  }
}

export function isNamespace(row: { readonly group: string; readonly kind: string }): boolean {
  return row.group === namespaceKind.group && row.kind === namespaceKind.kind;
}
