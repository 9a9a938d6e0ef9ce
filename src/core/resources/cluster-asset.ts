import type { Static } from "typebox";
import { listOf, mapOf, object, oneOf, optional, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** clusterassets.rafter.kyma-project.io/v1beta1 (registry spec §9.1). */
const webhook = () =>
  object({
    name: text(),
    namespace: text(),
    endpoint: optional(text()),
    filter: optional(text()),
    parameters: optional(mapOf(text())),
  });

const source = object({
  mode: oneOf(["single", "package", "index", "configmap"]),
  url: text({ description: "Where the document was uploaded." }),
  filter: optional(text()),
  validationWebhookService: optional(listOf(webhook())),
  mutationWebhookService: optional(listOf(webhook())),
  metadataWebhookService: optional(listOf(webhook())),
});

const spec = object({
  source,
  bucketRef: object({ name: text() }),
  displayName: optional(text()),
  parameters: optional(mapOf(text())),
});

const file = object({
  name: text(),
  // Free in the original; a structural schema without unknown fields has to say what is in it.
  metadata: optional(mapOf(text(), { description: "Texts as they are, anything else as JSON." })),
});

const status = object({
  phase: oneOf(["Pending", "Ready", "Failed"]),
  reason: optional(text({ description: "One word, such as Uploaded or ValidationFailed." })),
  message: optional(text()),
  assetRef: optional(
    object({
      baseUrl: text({ description: "A file is at this URL, a slash and its name." }),
      files: optional(listOf(file)),
    }),
  ),
  lastHeartbeatTime: optional(text({ format: "date-time", description: "When the status was written." })),
  observedGeneration: optional(wholeNumber()),
});

export type AssetSpec = Static<typeof spec>;
export type AssetStatus = Static<typeof status>;

/** One document with what its check made of it. */
export interface ClusterAsset extends Resource {
  readonly apiVersion: "rafter.kyma-project.io/v1beta1";
  readonly kind: "ClusterAsset";
  readonly spec: AssetSpec;
  readonly status?: AssetStatus;
}

/** Label with what a document is, such as `openapi`. */
const TYPE = "rafter.kyma-project.io/type";

export const clusterAssetKind: Kind<ClusterAsset> = {
  group: "rafter.kyma-project.io",
  version: "v1beta1",
  kind: "ClusterAsset",
  plural: "clusterassets",
  singular: "clusterasset",
  shortNames: [],
  categories: [],
  scope: "Cluster",
  statusSubresource: true,
  custom: true,
  schema: object({ spec, status: optional(status) }),
  columns: [
    nameColumn,
    {
      name: "Type",
      type: "string",
      description: "What the document is",
      priority: 0,
      cell: (value) => value.metadata.labels?.[TYPE] ?? null,
    },
    {
      name: "Phase",
      type: "string",
      description: "Pending, Ready or Failed",
      priority: 0,
      cell: (value) => value.status?.phase ?? null,
    },
    ageColumn,
    {
      name: "Reason",
      type: "string",
      description: "Why it is in this phase",
      priority: 1,
      cell: (value) => value.status?.reason ?? null,
    },
    {
      name: "Base URL",
      type: "string",
      description: "Where its files are",
      priority: 1,
      cell: (value) => value.status?.assetRef?.baseUrl ?? null,
    },
  ],
};
