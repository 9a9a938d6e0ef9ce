import { flag, mapOf, object, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";
import { configMapCauses, normaliseConfigMap } from "./config-map-rules.ts";

export interface ConfigMap extends Resource {
  readonly apiVersion: "v1";
  readonly kind: "ConfigMap";
  readonly data?: Readonly<Record<string, string>>;
  /** Values in base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export const configMapKind: Kind<ConfigMap> = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  description: "Texts and bytes by key that are no secrets.",
  plural: "configmaps",
  singular: "configmap",
  shortNames: ["cm"],
  categories: [],
  scope: "Namespaced",
  statusSubresource: false,
  custom: false,
  schema: object({
    data: optional(mapOf(text(), { description: "Texts by key." })),
    binaryData: optional(mapOf(text({ format: "byte" }), { description: "Bytes by key, in base64." })),
    immutable: optional(flag({ description: "true refuses later changes of data." })),
  }),
  normalise: normaliseConfigMap,
  validate: configMapCauses,
  columns: [
    nameColumn,
    {
      name: "Data",
      type: "integer",
      description: "Number of keys",
      priority: 0,
      cell: (value) => Object.keys(value.data ?? {}).length + Object.keys(value.binaryData ?? {}).length,
    },
    ageColumn,
  ],
};
