/** Labels and annotations of the objects that stand for documents (registry spec §§6.3, 9.2). */
export const marks = {
  /** Label by which the original's console finds groups. */
  viewContext: "rafter.kyma-project.io/view-context",
  /** Label of an asset: name of its group. */
  group: "rafter.kyma-project.io/asset-group",
  /** Label of an asset: what the document is. */
  type: "rafter.kyma-project.io/type",
  /** Annotation of an asset: name of its source within the group. */
  shortName: "rafter.kyma-project.io/asset-short-name",
  /** Annotations of a group: whose documents they are, also where they cannot stand in names and labels. */
  serviceId: "appconn.dev/service-id",
  application: "appconn.dev/application",
  /** Annotation of a group: its last versions as JSON, the newest first. */
  versions: "appconn.dev/document-versions",
  /** Annotations of an asset: hashes of what was uploaded, what is published and what was found. */
  uploaded: "appconn.dev/uploaded-hash",
  published: "appconn.dev/published-hash",
  findings: "appconn.dev/findings-hash",
  /** Annotation of an asset: what was found, as JSON of counts by severity. */
  counts: "appconn.dev/findings",
  /** Annotation of an asset: bytes of what was uploaded. */
  size: "appconn.dev/size",
  /** Annotation of an asset that was uploaded by itself: directory and file name. */
  key: "appconn.dev/upload-key",
} as const;
