import assert from "node:assert/strict";
import type { Resource } from "../../src/core/resources/resource.ts";
import type { Change } from "../../src/stores/store.ts";

/**
 * What a careful client makes of a watch: it keeps the objects it was told of and checks that the story is
 * possible at every step.
 */
export class WatchModel {
  readonly #objects: Map<string, Resource>;
  #version: number;
  #synced: boolean;

  /** A watch that begins with a list knows nothing; one from a version knows that version's objects. */
  constructor(known?: { readonly items: readonly Resource[]; readonly resourceVersion: string }) {
    this.#objects = new Map(known?.items.map((item) => [keyOf(item), item]));
    this.#version = Number(known?.resourceVersion ?? 0);
    this.#synced = known !== undefined;
  }

  get synced(): boolean {
    return this.#synced;
  }

  /** Every object known now, sorted as a list is. */
  get objects(): Resource[] {
    return [...this.#objects.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  apply(change: Change<Resource>): void {
    if (change.type === "synced" || change.type === "bookmark") {
      assert.equal(change.type === "synced" && this.#synced, false, "the list ends once");
      this.#synced = true;
      assert.ok(Number(change.resourceVersion) >= this.#version, "versions never go backwards");
      this.#version = Number(change.resourceVersion);
      return;
    }
    const { object, type } = change;
    const key = keyOf(object);
    const version = Number(object.metadata.resourceVersion);
    // The initial list is in the order of names; from then on versions rise.
    if (this.#synced) {
      assert.ok(version > this.#version, "each change comes once and in order");
      this.#version = version;
    }
    assert.equal(this.#objects.has(key), type !== "added", `${type} ${key} is possible`);
    if (type === "deleted") this.#objects.delete(key);
    else this.#objects.set(key, object);
  }
}

function keyOf({ metadata: { namespace = "", name } }: Resource): string {
  return `${namespace}\0${name}`;
}
