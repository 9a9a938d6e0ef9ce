import type { Static } from "typebox";
import { listOf, mapOf, object, oneOf, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** clusterassetgroups.rafter.kyma-project.io/v1beta1 (registry spec §9.1). */
const source = object({
  name: text({ pattern: "^[a-z][a-zA-Z0-9-]*[a-zA-Z0-9]$", description: "Unique together with the type." }),
  type: text({
    pattern: "^[a-z][a-zA-Z0-9\\._-]*[a-zA-Z0-9]$",
    description: "openapi, odata, asyncapi or docs for documents of a service.",
  }),
  url: text({ description: "Where the document is; of a service's, it holds the SHA-256 of its content." }),
  mode: oneOf(["single", "package", "index"], {
    description: "Whether the URL is one file, an archive, or a list of files.",
  }),
  filter: optional(text({ description: "Regular expression for the files of a package." })),
  displayName: optional(text({ description: "Name of the document, for people." })),
  parameters: optional(mapOf(text(), { description: "Kept for whoever reads them." })),
});

const spec = object(
  {
    displayName: text({ description: "Name of the service, for people." }),
    description: text({ description: "What the service does, for people." }),
    bucketRef: optional(
      object({ name: text({ description: "Name of the bucket." }) }, { description: "Where the files go." }),
    ),
    sources: listOf(source, { description: "The documents." }),
  },
  { description: "The documents of one service." },
);

const status = object(
  {
    phase: oneOf(["Pending", "Ready", "Failed"], { description: "How far they are together." }),
    reason: optional(text({ description: "One word, such as AssetsReady or WaitingForAssets." })),
    message: optional(text({ description: "Why it is in this phase, in a sentence." })),
    lastHeartbeatTime: optional(text({ format: "date-time", description: "When the status was written." })),
  },
  { description: "What became of the documents." },
);

export type AssetGroupSource = Static<typeof source>;
export type AssetGroupStatus = Static<typeof status>;

/** The documents of one service. */
export interface ClusterAssetGroup extends Resource {
  readonly apiVersion: "rafter.kyma-project.io/v1beta1";
  readonly kind: "ClusterAssetGroup";
  readonly spec: Static<typeof spec>;
  readonly status?: AssetGroupStatus;
}

export const clusterAssetGroupKind: Kind<ClusterAssetGroup> = {
  group: "rafter.kyma-project.io",
  version: "v1beta1",
  kind: "ClusterAssetGroup",
  description: "The documents of one service of an Application.",
  plural: "clusterassetgroups",
  singular: "clusterassetgroup",
  shortNames: [],
  categories: [],
  scope: "Cluster",
  statusSubresource: true,
  custom: true,
  schema: object({ spec, status: optional(status) }),
  columns: [
    nameColumn,
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
      name: "Display Name",
      type: "string",
      description: "Name of the service",
      priority: 1,
      jsonPath: ".spec.displayName",
      cell: (value) => value.spec.displayName,
    },
    {
      name: "Message",
      type: "string",
      description: "What the phase means, and how many findings there are",
      priority: 1,
      jsonPath: ".status.message",
      cell: (value) => value.status?.message ?? null,
    },
  ],
};
