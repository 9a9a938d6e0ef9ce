import type { Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { badRequest } from "../admin-failure.ts";
import { partialObject, shownObject } from "./shown-object.ts";

/** What stands in `object` of each row: kubectl asks for `Object` when it sorts. */
export type IncludeObject = "None" | "Metadata" | "Object";

export function includeObjectParameter(query: URLSearchParams): IncludeObject {
  const value = query.get("includeObject") || "Metadata";
  if (value === "None" || value === "Metadata" || value === "Object") return value;
  throw badRequest(
    `unrecognized includeObject value: ${JSON.stringify(value)}; supported values: "None", "Metadata", "Object"`,
  );
}

export interface TableOptions {
  readonly metaVersion: "v1" | "v1beta1";
  readonly include: IncludeObject;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** kind, apiVersion and columns of a Table (admin-api spec §14). */
export function tableHead(kind: Kind, metaVersion: "v1" | "v1beta1") {
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${metaVersion}`,
    columnDefinitions: kind.columns.map(({ name, type, format = "", description, priority }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  };
}

export function tableRow(kind: Kind, value: Resource, { metaVersion, include, now }: TableOptions) {
  const cells = kind.columns.map((column) => column.cell(value, now));
  if (include === "None") return { cells };
  const object = include === "Object" ? shownObject(kind, value) : partialObject(kind, value, metaVersion);
  return { cells, object };
}
