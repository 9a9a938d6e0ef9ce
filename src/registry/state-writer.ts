import type { Application } from "../core/resources/application.ts";
import { apiEntryOf } from "./api-entry.ts";
import { parametersName, resourceName } from "./resource-names.ts";
import { groupOf } from "./group-of.ts";
import type { ServiceDocuments } from "./service-documents.ts";

import type { ServiceObjects } from "./service-objects.ts";
import type { ServiceState } from "./service-state.ts";

export interface StateWriterParts {
  readonly objects: ServiceObjects;
  readonly documents: ServiceDocuments;
  /** Port on which the gateway is called. */
  readonly proxyPort: number;
}

/** Writes what a service consists of beside its entry in the Application; nothing of it is visible without that. */
export class StateWriter {
  readonly #parts: StateWriterParts;

  constructor(parts: StateWriterParts) {
    this.#parts = parts;
  }

  /**
   * May be done again, also when it broke off. The parts know nothing of each other, so that the store may write
   * them in one go.
   */
  put(application: Application, { entry, credentials, parameters, documents }: ServiceState): Promise<void> {
    const { objects, proxyPort } = this.#parts;
    const owner = { application, serviceId: entry.id };
    const resource = resourceName(application.metadata.name, entry.id);
    const secret = parametersName(resource);
    return allDone([
      apiEntryOf(entry)
        ? objects.ensureAccessService(owner, proxyPort)
        : objects.removeAccessService(resource),
      credentials ? objects.putSecret(resource, credentials, owner) : objects.removeSecret(resource),
      parameters ? objects.putSecret(secret, parameters, owner) : objects.removeSecret(secret),
      ...(documents ? [this.#parts.documents.publish(groupOf(application, entry), documents)] : []),
    ]);
  }

  /** Also what is not there. All of it is tried before the first failure is thrown. */
  erase(application: string, serviceId: string): Promise<void> {
    const { objects, documents } = this.#parts;
    const resource = resourceName(application, serviceId);
    return allDone([
      objects.removeAccessService(resource),
      objects.removeSecret(resource),
      objects.removeSecret(parametersName(resource)),
      documents.remove(serviceId),
    ]);
  }
}

/** The first failure is thrown when nothing is under way any more: whoever undoes it meets no late writer. */
async function allDone(works: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(works)) if (one.status === "rejected") throw one.reason;
}
