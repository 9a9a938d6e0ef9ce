import { listOf, object, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

export interface Namespace extends Resource {
  readonly apiVersion: "v1";
  readonly kind: "Namespace";
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: string };
}

export const namespaceKind: Kind<Namespace> = {
  group: "",
  version: "v1",
  kind: "Namespace",
  description:
    "A space for names: objects in different Namespaces may have the same one. Deleting it deletes what is in it.",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"],
  categories: [],
  scope: "Cluster",
  nameRule: "label",
  statusSubresource: true,
  custom: false,
  schema: object({
    spec: optional(
      object(
        {
          finalizers: optional(
            listOf(text(), {
              description:
                "Kept as it is written; what holds a Namespace here are the finalizers of its contents.",
            }),
          ),
        },
        { description: "What is wanted of the Namespace." },
      ),
    ),
    status: optional(
      object(
        { phase: optional(text({ description: "Active or Terminating." })) },
        { description: "What became of the Namespace." },
      ),
    ),
  }),
  normalise: (value) => ({
    ...value,
    metadata: {
      ...value.metadata,
      // The API server sets this label at every write, so that selectors can name a namespace.
      labels: { ...value.metadata.labels, "kubernetes.io/metadata.name": value.metadata.name },
    },
    status: { phase: value.metadata.deletionTimestamp === undefined ? "Active" : "Terminating" },
  }),
  selectableFields: { "status.phase": (value) => value.status?.phase ?? "Active" },
  columns: [
    nameColumn,
    {
      name: "Status",
      type: "string",
      description: "Active or Terminating",
      priority: 0,
      cell: (value) => value.status?.phase ?? "Active",
    },
    ageColumn,
  ],
};
