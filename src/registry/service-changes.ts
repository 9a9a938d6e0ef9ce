import { Failure } from "../core/failures.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";
import { servicesOf } from "./application-writer.ts";
import type { ChangeRecord } from "./change-records.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { serviceIndex } from "./service-index.ts";

export interface FoundService {
  readonly application: Application;
  readonly service: ApplicationService;
}

/** `step` is what fails without it. */
export function findService(
  { applications }: Pick<RegistryContext, "applications">,
  { application: name, id }: { readonly application: string; readonly id: string },
  step: string,
): FoundService | Refused {
  const application = applications.get(name);
  if (!application) return refused("REGISTRY_UNKNOWN_APPLICATION", step, name);
  const service = serviceIndex(application).byId.get(id);
  return service ? { application, service } : refused("REGISTRY_UNKNOWN_SERVICE", step, id);
}

/** Finishes a change of the service that broke off in this process, where there is one. */
export async function finishChange(
  context: RegistryContext,
  { application, id }: { readonly application: string; readonly id: string },
): Promise<void> {
  if (!context.unfinished.has(serviceKey(application, id))) return;
  const found = (await context.records.list()).find(
    (record) => record.application === application && record.state.entry.id === id,
  );
  if (found) await finish(context, found);
  context.unfinished.delete(serviceKey(application, id));
}

/**
 * Finishes every change that was begun and broke off, whichever process did (amendment A10). One that cannot be
 * finished does not keep the others.
 */
export async function finishChanges(context: RegistryContext): Promise<void> {
  const { records, lock, unfinished, warn } = context;
  for (const record of await records.list()) {
    const { application, state } = record;
    const key = serviceKey(application, state.entry.id);
    // Somebody is at it now, with a record of his own.
    if (lock.has(key)) continue;
    try {
      // eslint-disable-next-line no-await-in-loop -- they are few, and none is in a hurry
      await lock.run(key, () => finish(context, record));
      unfinished.delete(key);
    } catch (error) {
      warn("a change of a service broke off and cannot be finished yet", {
        application,
        service: state.entry.id,
        error,
      });
    }
  }
}

async function finish(context: RegistryContext, { application: name, state }: ChangeRecord): Promise<void> {
  const { applications, states, writer, records, warn } = context;
  const { id } = state.entry;
  const application = applications.get(name);
  // Who removed the service meanwhile has removed the rest too, or it is collected.
  if (application && serviceIndex(application).byId.has(id)) {
    try {
      await states.put(application, state);
    } catch (error) {
      if (!(error instanceof Failure && error.code === "DOCUMENTS_STAGED_GONE")) throw error;
      warn("documents of a change that broke off are gone; the service keeps those it had", {
        application: name,
        service: id,
      });
    }
    const written = await writer.change(name, (current) => {
      const services = servicesOf(current);
      const isThere = services.some((service) => service.id === id);
      return isThere ? services.map((service) => (service.id === id ? state.entry : service)) : services;
    });
    if (isRefused(written)) throw new Error(written.text);
  }
  await records.drop(name, id);
}
