import { applicationKind } from "../core/resources/application.ts";
import type { AssetGroupSource, ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import { apiVersionOf } from "../core/resources/kind.ts";
import type { New, WrittenMetadata } from "../core/resources/resource.ts";
import type { DocumentGroup, DocumentReference } from "./document.ts";
import { isDocumentType } from "./document.ts";
import { documentUrl, readDocumentUrl } from "./document-url.ts";
import { areSameDocuments, readVersions, withVersion } from "./document-versions.ts";
import { marks } from "./marks.ts";

const APPLICATION = { apiVersion: apiVersionOf(applicationKind), kind: applicationKind.kind };

/** Parameter of a source: it can be fetched again from where it came. */
const REFRESHABLE = "refreshable";

export interface GroupState {
  /** Of the group's object. */
  readonly name: string;
  readonly group: DocumentGroup;
  readonly documents: readonly DocumentReference[];
  /** `metadata.uid` of the Application. */
  readonly owner: string;
  /** Where documents are served: `https://host`. */
  readonly origin: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** The object for a state of a service's documents; labels and annotations of others stay. */
export function groupObject(
  state: GroupState,
  previous: ClusterAssetGroup | undefined,
): New<ClusterAssetGroup> {
  const { name, group, documents, owner, origin, at } = state;
  const sources = documents.map((document): AssetGroupSource => ({
    name: sourceName(name, document),
    type: document.type,
    mode: "single",
    url: documentUrl(origin, { group: name, ...document }),
    ...(document.isRefreshable === true && { parameters: { [REFRESHABLE]: "true" } }),
  }));
  return {
    metadata: metadataOf(
      { name, group, owner, versions: versionsAfter(previous, { at, documents }) },
      previous,
    ),
    spec: { displayName: group.displayName, description: group.description, sources },
  };
}

/** The documents that a group has now. Sources that are not ours are left out: nothing is fetched for them. */
export function documentsOf({ spec }: ClusterAssetGroup): readonly DocumentReference[] {
  return spec.sources.flatMap(({ type, url, parameters }) => {
    const place = readDocumentUrl(url);
    if (!place || !isDocumentType(type)) return [];
    return [{ type, ...place, ...(parameters?.[REFRESHABLE] === "true" && { isRefreshable: true }) }];
  });
}

/** Unique within the group: a service has one document of a type. */
export function sourceName(group: string, { type }: Pick<DocumentReference, "type">): string {
  return `${type}-${group}`;
}

function versionsAfter(
  previous: ClusterAssetGroup | undefined,
  next: { readonly at: string; readonly documents: readonly DocumentReference[] },
): string {
  const versions = readVersions(previous?.metadata.annotations?.[marks.versions]);
  const [current] = versions;
  const isUnchanged = current !== undefined && areSameDocuments(current.documents, next.documents);
  return JSON.stringify(isUnchanged ? versions : withVersion(versions, next));
}

interface Named {
  readonly name: string;
  readonly group: DocumentGroup;
  readonly owner: string;
  readonly versions: string;
}

function metadataOf(
  { name, group, owner, versions }: Named,
  previous: ClusterAssetGroup | undefined,
): WrittenMetadata {
  return {
    ...previous?.metadata,
    name,
    labels: { ...previous?.metadata.labels, [marks.viewContext]: "service-catalog" },
    annotations: {
      ...previous?.metadata.annotations,
      [marks.serviceId]: group.serviceId,
      [marks.application]: group.application,
      [marks.versions]: versions,
    },
    // So that nothing is left of a service when its Application is deleted; the original leaks groups.
    ownerReferences: [{ ...APPLICATION, name: group.application, uid: owner }],
  };
}
