import type { Kind } from "../../core/resources/kind.ts";
import type { Selector } from "../../stores/store.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";

/** Which objects a list, a watch or a deletecollection is about. */
export function selectorParameters(kind: Kind, query: URLSearchParams, namespace?: string): Selector {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    labels: parseLabelSelector(query.get("labelSelector") ?? ""),
    fields: parseFieldSelector(kind, query.get("fieldSelector") ?? ""),
  };
}
