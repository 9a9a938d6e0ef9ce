import { servicesOf } from "./application-writer.ts";
import { describeService } from "./describe-service.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { refuseStale, type ServiceTarget } from "./replace-service.ts";
import { serviceIndex } from "./service-index.ts";

const STEP = "Deleting service from Application repository failed";

/** Removes a service, also one that never was; undefined when it is gone (registry spec §4). */
export function removeService(context: RegistryContext, target: ServiceTarget): Promise<Refused | undefined> {
  const key = serviceKey(target.application, target.id);
  return context.lock.run(key, async () => {
    const refusal = (await refuseRemoval(context, target)) ?? (await removeEntry(context, target));
    if (!refusal) await eraseRest(context, target);
    return refusal;
  });
}

async function refuseRemoval(context: RegistryContext, target: ServiceTarget): Promise<Refused | undefined> {
  const { application: name, id, accepts } = target;
  const application = context.applications.get(name);
  if (!application) return refused("REGISTRY_UNKNOWN_APPLICATION", STEP, name);
  if (!accepts) return undefined;
  const service = serviceIndex(application).byId.get(id);
  if (!service) return refused("REGISTRY_STALE", id);
  return refuseStale(target, await describeService(context, name, service));
}

/** From here on nobody sees it. */
async function removeEntry(
  { writer }: RegistryContext,
  { application, id }: ServiceTarget,
): Promise<Refused | undefined> {
  const written = await writer.change(application, (current) => {
    const services = servicesOf(current);
    return serviceIndex(current).byId.has(id) ? services.filter((service) => service.id !== id) : services;
  });
  if (written === undefined) return refused("REGISTRY_UNKNOWN_APPLICATION", STEP, application);
  return isRefused(written) ? written : undefined;
}

/** What cannot be erased now is collected later. */
async function eraseRest(context: RegistryContext, { application, id }: ServiceTarget): Promise<void> {
  const { states, records, unfinished, warn } = context;
  try {
    await states.erase(application, id);
    if (unfinished.has(serviceKey(application, id))) await records.drop(application, id);
    unfinished.delete(serviceKey(application, id));
  } catch (error) {
    warn("what belongs to a removed service cannot be removed yet", { application, service: id, error });
  }
}
