import type { Kind } from "../../core/resources/kind.ts";
import type { RowKey } from "./row-key.ts";

/** Finds the kind of a row or of a request. */
export class KindRegistry {
  readonly #kinds: ReadonlyMap<string, Kind>;

  constructor(kinds: readonly Kind[]) {
    this.#kinds = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
  }

  has({ group, kind }: Pick<RowKey, "group" | "kind">): boolean {
    return this.#kinds.has(`${group}/${kind}`);
  }

  /** A row of a kind that this version does not know is only ever deleted, for which these names suffice. */
  of({ group, kind }: Pick<RowKey, "group" | "kind">): Kind {
    const known = this.#kinds.get(`${group}/${kind}`);
    if (!known) throw new TypeError(`the store was not opened with the kind ${kind} of group "${group}"`);
    return known;
  }
}
