import type { Static } from "typebox";
import { listOf, mapOf, object, oneOf, optional, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** clusterassets.rafter.kyma-project.io/v1beta1 (registry spec §9.1). */
const webhook = () =>
  object({
    name: text({ description: "Name of its Service." }),
    namespace: text({ description: "Namespace of its Service." }),
    endpoint: optional(text({ description: "Path that is called." })),
    filter: optional(text({ description: "Regular expression for the files that are sent to it." })),
    parameters: optional(mapOf(text(), { description: "What it is told besides." })),
  });

const source = object(
  {
    mode: oneOf(["single", "package", "index", "configmap"], {
      description: "Whether the URL is one file, an archive, or a list of files.",
    }),
    url: text({ description: "Where the document was uploaded." }),
    filter: optional(text({ description: "Regular expression for the files of a package." })),
    validationWebhookService: optional(listOf(webhook(), { description: "Services that check the files." })),
    mutationWebhookService: optional(listOf(webhook(), { description: "Services that change the files." })),
    metadataWebhookService: optional(
      listOf(webhook(), { description: "Services that read metadata out of the files." }),
    ),
  },
  { description: "What the document is made of." },
);

const spec = object(
  {
    source,
    bucketRef: object(
      { name: text({ description: "Name of the bucket." }) },
      { description: "Where the files go." },
    ),
    displayName: optional(text({ description: "Name of the document, for people." })),
    parameters: optional(mapOf(text(), { description: "Kept for whoever reads them." })),
  },
  { description: "The document, and what is done with it." },
);

const file = object({
  name: text({ description: "Path of the file below the base URL." }),
  // Free in the original; a structural schema without unknown fields has to say what is in it.
  metadata: optional(mapOf(text(), { description: "Texts as they are, anything else as JSON." })),
});

const status = object(
  {
    phase: oneOf(["Pending", "Ready", "Failed"], { description: "How far it is." }),
    reason: optional(text({ description: "One word, such as Uploaded or ValidationFailed." })),
    message: optional(text({ description: "Why it is in this phase, in a sentence." })),
    assetRef: optional(
      object(
        {
          baseUrl: text({ description: "A file is at this URL, a slash and its name." }),
          files: optional(listOf(file, { description: "What the document consists of." })),
        },
        { description: "Where the stored document is." },
      ),
    ),
    lastHeartbeatTime: optional(text({ format: "date-time", description: "When the status was written." })),
    observedGeneration: optional(wholeNumber({ description: "Generation that the status is about." })),
  },
  { description: "What became of the document." },
);

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
  description: "One document of a service, with what its check made of it.",
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
      jsonPath: ".status.phase",
      cell: (value) => value.status?.phase ?? null,
    },
    ageColumn,
    {
      name: "Reason",
      type: "string",
      description: "Why it is in this phase",
      priority: 1,
      jsonPath: ".status.reason",
      cell: (value) => value.status?.reason ?? null,
    },
    {
      name: "Base URL",
      type: "string",
      description: "Where its files are",
      priority: 1,
      jsonPath: ".status.assetRef.baseUrl",
      cell: (value) => value.status?.assetRef?.baseUrl ?? null,
    },
  ],
};
