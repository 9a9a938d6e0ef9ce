import { flag, mapOf, object, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";
import { normaliseSecret, secretCauses, secretWarnings } from "./secret-rules.ts";

export interface Secret extends Resource {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
  /** Write only: plain values, which win over `data`. Never returned. */
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export const secretKind: Kind<Secret> = {
  group: "",
  version: "v1",
  kind: "Secret",
  description: "Values by key that few may read, such as credentials. Kept encrypted.",
  plural: "secrets",
  singular: "secret",
  shortNames: [],
  categories: [],
  scope: "Namespaced",
  statusSubresource: false,
  custom: false,
  secret: true,
  schema: object({
    type: optional(text({ default: "Opaque", description: "Says which keys `data` must have." })),
    data: optional(mapOf(text({ format: "byte" }), { description: "Values by key, in base64." })),
    stringData: optional(
      mapOf(text(), { description: "Plain values, which win over data; never returned." }),
    ),
    immutable: optional(flag({ description: "true refuses later changes of data." })),
  }),
  normalise: normaliseSecret,
  validate: secretCauses,
  warnings: secretWarnings,
  selectableFields: { type: (value) => value.type ?? "Opaque" },
  columns: [
    nameColumn,
    {
      name: "Type",
      type: "string",
      description: "Type",
      priority: 0,
      cell: (value) => value.type ?? "Opaque",
    },
    {
      name: "Data",
      type: "integer",
      description: "Number of keys",
      priority: 0,
      cell: (value) => Object.keys(value.data ?? {}).length,
    },
    ageColumn,
  ],
};
