import type { Kind } from "../../core/resources/kind.ts";
import { object } from "../../core/resources/schema.ts";
import { StoreFailure } from "../store-failure.ts";
import type { RowKey } from "./row-key.ts";

/** Finds the kind of a row or of a request. */
export class KindRegistry {
  readonly #kinds: ReadonlyMap<string, Kind>;

  constructor(kinds: readonly Kind[]) {
    this.#kinds = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
  }

  of({ group, kind }: Pick<RowKey, "group" | "kind">): Kind {
    const known = this.#kinds.get(`${group}/${kind}`);
    if (!known) {
      throw new StoreFailure("STORE_UNAVAILABLE", [
        `it was not opened with the kind ${kind} of group "${group}"`,
      ]);
    }
    return known;
  }

  /** A newer version may have left rows of kinds unknown to this one; they can only go with what holds them. */
  ofRow(row: RowKey): Kind {
    const { group, kind, namespace } = row;
    return this.#kinds.get(`${group}/${kind}`) ?? unknownKind(group, kind, namespace !== "");
  }
}

function unknownKind(group: string, kind: string, namespaced: boolean): Kind {
  const plural = kind.toLowerCase();
  return {
    group,
    version: "",
    kind,
    description: "Of a kind that this version does not know.",
    plural,
    singular: plural,
    shortNames: [],
    categories: [],
    scope: namespaced ? "Namespaced" : "Cluster",
    statusSubresource: false,
    custom: group !== "",
    schema: object({}),
    columns: [],
  };
}
