import type { Kind } from "../../src/core/resources/kind.ts";
import { kinds as productKinds } from "../../src/core/resources/kinds.ts";
import { flag, listOf, mapOf, object, optional, text } from "../../src/core/resources/schema.ts";
import type { Resource } from "../../src/core/resources/resource.ts";
import { ageColumn, nameColumn } from "../../src/core/resources/columns.ts";

/** A namespaced custom resource with the status subresource, which no kind of the product has yet. */
export interface Widget extends Resource {
  readonly kind: "Widget";
  readonly spec?: {
    readonly size?: string;
    readonly parts?: readonly string[];
    readonly options?: Readonly<Record<string, string>>;
    readonly enabled?: boolean;
  };
  readonly status?: { readonly state?: string };
}

export const widgetKind: Kind<Widget> = {
  group: "contract.example",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  description: "A kind of the contract suite.",
  singular: "widget",
  shortNames: [],
  categories: [],
  scope: "Namespaced",
  statusSubresource: true,
  custom: true,
  schema: object({
    spec: optional(
      object({
        size: optional(text()),
        parts: optional(listOf(text())),
        options: optional(mapOf(text())),
        enabled: optional(flag({ default: true })),
      }),
    ),
    status: optional(object({ state: optional(text()) })),
  }),
  columns: [nameColumn, ageColumn],
};

export const kinds: readonly Kind[] = [...productKinds, widgetKind as unknown as Kind];
