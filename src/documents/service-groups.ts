import { applicationKind, type Application } from "../core/resources/application.ts";
import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { Collection, Store } from "../stores/store.ts";
import { groupName, ownGroupName } from "./group-name.ts";
import { listPages } from "./list-pages.ts";
import { marks } from "./marks.ts";

/** Where the documents of a service are, or would be. */
export interface GroupPlace {
  readonly name: string;
  readonly group: ClusterAssetGroup | undefined;
}

/**
 * The groups of services. Two Applications may have services of the same id, such as where an operator has copied
 * one; the documents of one are never those of the other.
 */
export class ServiceGroups {
  readonly #groups: Collection<ClusterAssetGroup>;
  readonly #applications: Collection<Application>;

  constructor(store: Store) {
    this.#groups = store.collection(clusterAssetGroupKind);
    this.#applications = store.collection(applicationKind);
  }

  /** By the usual name, unless that is taken by another Application or the Application has one of its own. */
  async place(application: string, serviceId: string): Promise<GroupPlace> {
    const usual = groupName(serviceId);
    const first = await this.#groups.get({ name: usual });
    const owner = first && ownerOf(first);
    if (first && owner === application) return { name: usual, group: first };
    const own = ownGroupName(application, serviceId);
    const second = await this.#groups.get({ name: own });
    if (second) return { name: own, group: ownerOf(second) === application ? second : undefined };
    if (!first) return { name: usual, group: undefined };
    const isFree = owner === undefined && !(await this.#isOfAnother(application, serviceId));
    return isFree ? { name: usual, group: first } : { name: own, group: undefined };
  }

  /** Whether another Application has a service of this id, too; asked only of groups that name no Application. */
  async #isOfAnother(application: string, serviceId: string): Promise<boolean> {
    for await (const page of listPages(this.#applications, {}, {})) {
      const others = page.filter(({ metadata }) => metadata.name !== application);
      if (others.some(({ spec }) => spec?.services?.some(({ id }) => id === serviceId))) return true;
    }
    return false;
  }
}

/**
 * The Application of a group; undefined where it names none, as groups of the original do. By name, for two that
 * are there at once never share it, and it stays when objects are restored, which get new uids.
 */
function ownerOf({ metadata }: ClusterAssetGroup): string | undefined {
  const { annotations = {}, ownerReferences = [] } = metadata;
  return (
    annotations[marks.application] ?? ownerReferences.find(({ kind }) => kind === applicationKind.kind)?.name
  );
}
