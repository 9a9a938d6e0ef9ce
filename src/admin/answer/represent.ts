import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { ListPlace } from "../../stores/store.ts";
import { notAcceptable, type Representation } from "./accept.ts";
import { partialObject } from "./shown-object.ts";
import { tableHead, tableRow, type TableOptions } from "./table.ts";

/** How objects of one kind are shown to one caller. */
export interface View extends Omit<TableOptions, "metaVersion"> {
  readonly kind: Kind;
  readonly representation: Representation;
}

/** One object as the caller asked for it. */
export function representObject(view: View, value: Resource): object {
  const { kind, representation } = view;
  const { as, metaVersion } = representation;
  switch (as) {
    case "object":
      return value;
    case "partial":
      return partialObject(kind, value, metaVersion);
    case "partial-list":
      throw notAcceptable();
    case "table": {
      const rows = [tableRow(kind, value, { ...view, metaVersion })];
      const { resourceVersion } = value.metadata;
      return { ...tableHead(kind, metaVersion), metadata: { resourceVersion }, rows };
    }
  }
}

/** The parts of a list answer: everything around the items, and each item. */
export interface RepresentedList {
  readonly head: object;
  /** Name of the property that holds the items; it comes last. */
  readonly property: "items" | "rows";
  /** undefined: as it is stored. */
  readonly item: ((value: Resource) => object) | undefined;
}

export function representList(view: View, place: ListPlace): RepresentedList {
  const { kind, representation } = view;
  const { as, metaVersion } = representation;
  const metadata = listMetadata(place);
  switch (as) {
    case "object": {
      const head = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata };
      return { head, property: "items", item: undefined };
    }
    case "partial":
      throw notAcceptable();
    case "partial-list": {
      const head = { kind: "PartialObjectMetadataList", apiVersion: `meta.k8s.io/${metaVersion}`, metadata };
      return { head, property: "items", item: (value) => partialObject(kind, value, metaVersion) };
    }
    case "table": {
      const head = { ...tableHead(kind, metaVersion), metadata };
      return { head, property: "rows", item: (value) => tableRow(kind, value, { ...view, metaVersion }) };
    }
  }
}

function listMetadata({ resourceVersion, continue: next, remainingItemCount }: ListPlace) {
  return {
    resourceVersion,
    ...(next === undefined ? {} : { continue: next }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
}
