import { applicationKind } from "../core/resources/application.ts";
import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Abortable } from "../stores/store.ts";
import { readVersions } from "./document-versions.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { GRACE } from "./guarded-blobs.ts";
import { listPages } from "./list-pages.ts";
import { marks } from "./marks.ts";

/**
 * Removes groups of services that their Application does not have, which a registration that broke off leaves
 * behind (amendment A10); gives how many. Groups that others made are let be, and so are young ones, because a
 * registration publishes its documents before the service is there.
 */
export async function collectGroups(
  { store, clock }: Pick<DocumentsContext, "store" | "clock">,
  options: Abortable = {},
): Promise<number> {
  const groups = store.collection(clusterAssetGroupKind);
  const end = clock.now() - GRACE;
  const candidates: ClusterAssetGroup[] = [];
  for await (const page of listPages(groups, {}, options)) {
    candidates.push(...page.filter((group) => publishedAt(group) <= end));
  }
  if (candidates.length === 0) return 0;
  const services = await knownServices(store, options);
  let collected = 0;
  for (const { metadata } of candidates.filter((group) => !services.has(ownerOf(group)))) {
    const { resourceVersion } = metadata;
    try {
      // eslint-disable-next-line no-await-in-loop -- nobody waits
      await groups.remove({ name: metadata.name }, { ...options, precondition: { resourceVersion } });
      collected++;
    } catch (error) {
      // It was published again, or removed.
      if (!isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND")) throw error;
    }
  }
  return collected;
}

/** Milliseconds since the epoch; never for groups that are not ours. */
function publishedAt({ metadata: { annotations = {} } }: ClusterAssetGroup): number {
  const [current] = readVersions(annotations[marks.versions]);
  const isOurs = annotations[marks.serviceId] !== undefined && annotations[marks.application] !== undefined;
  return isOurs && current ? Date.parse(current.at) : Number.NaN;
}

function ownerOf({ metadata: { annotations = {} } }: ClusterAssetGroup): string {
  return pairOf(annotations[marks.application] ?? "", annotations[marks.serviceId] ?? "");
}

async function knownServices(
  store: DocumentsContext["store"],
  options: Abortable,
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const page of listPages(store.collection(applicationKind), {}, options)) {
    for (const { metadata, spec } of page) {
      for (const { id } of spec?.services ?? []) known.add(pairOf(metadata.name, id));
    }
  }
  return known;
}

/** Names of Applications have no slash. */
function pairOf(application: string, serviceId: string): string {
  return `${application}/${serviceId}`;
}
