import { applicationKind, type Application } from "../core/resources/application.ts";
import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import type { Resource } from "../core/resources/resource.ts";
import type { Store } from "../stores/store.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { parametersName, resourceName } from "./resource-names.ts";
import { serviceIndex } from "./service-index.ts";

/** Annotations of the groups of services: whose documents they are. */
const GROUP_APPLICATION = "appconn.dev/application";
const GROUP_SERVICE = "appconn.dev/service-id";

/**
 * Removes what no Application refers to: of registrations that broke off before their last step, and of removals
 * that broke off after their first (amendment A10). What others made under other names is let be. Gives how many
 * services were left.
 */
export async function collectLeftovers(context: RegistryContext, store: Store): Promise<number> {
  const { objects, states, warn } = context;
  const applications = store.collection<Application>(applicationKind);
  const left = new Map<string, Leftover>();
  const note = (found: Leftover | undefined) => {
    if (found && isLeft(context, found)) left.set(serviceKey(found.application, found.id), found);
  };
  for (const object of await objects.labelled("serviceId")) note(ownerOf(object));
  for (const object of await objects.labelledAccessServices("serviceId")) note(ownerOf(object));
  const groups = store.collection<ClusterAssetGroup>(clusterAssetGroupKind);
  for (const group of (await groups.list()).items) note(groupOwner(group));
  let collected = 0;
  for (const { application, id } of left.values()) {
    try {
      // What is in memory may be a moment old, and what is erased is gone.
      // eslint-disable-next-line no-await-in-loop -- nobody waits
      const stored = await applications.get({ name: application });
      if (stored && serviceIndex(stored).byId.has(id)) continue;
      // eslint-disable-next-line no-await-in-loop
      await states.erase(application, id);
      collected++;
    } catch (error) {
      warn("what a service has left cannot be removed yet", { application, service: id, error });
    }
  }
  return collected;
}

interface Leftover {
  readonly application: string;
  readonly id: string;
}

/** undefined for objects that are not the registry's, although they have its labels. */
function ownerOf({ metadata }: Resource): Leftover | undefined {
  const { labels = {}, name, ownerReferences = [] } = metadata;
  const id = labels["serviceId"];
  const application = ownerReferences.find(({ kind }) => kind === "Application")?.name;
  if (id === undefined || application === undefined) return undefined;
  const resource = resourceName(application, id);
  return name === resource || name === parametersName(resource) ? { application, id } : undefined;
}

function groupOwner({ metadata }: ClusterAssetGroup): Leftover | undefined {
  const { annotations = {} } = metadata;
  const application = annotations[GROUP_APPLICATION];
  const id = annotations[GROUP_SERVICE];
  return application === undefined || id === undefined ? undefined : { application, id };
}

/** Of an Application that is gone, everything goes with it, by its owner references. */
function isLeft(
  { applications, registering, lock }: RegistryContext,
  { application, id }: Leftover,
): boolean {
  const known = applications.get(application);
  const key = serviceKey(application, id);
  if (registering.has(key) || lock.has(key)) return false;
  return known === undefined || !serviceIndex(known).byId.has(id);
}
