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

  /** May be done again, also when it broke off. */
  async put(
    application: Application,
    { entry, credentials, parameters, documents }: ServiceState,
  ): Promise<void> {
    const { objects, proxyPort } = this.#parts;
    const owner = { application, serviceId: entry.id };
    const resource = resourceName(application.metadata.name, entry.id);
    const secret = parametersName(resource);
    await (apiEntryOf(entry)
      ? objects.ensureAccessService(owner, proxyPort)
      : objects.removeAccessService(resource));
    await (credentials ? objects.putSecret(resource, credentials, owner) : objects.removeSecret(resource));
    await (parameters ? objects.putSecret(secret, parameters, owner) : objects.removeSecret(secret));
    if (documents) await this.#parts.documents.publish(groupOf(application, entry), documents);
  }

  /** Also what is not there. All of it is tried before the first failure is thrown. */
  async erase(application: string, serviceId: string): Promise<void> {
    const { objects, documents } = this.#parts;
    const resource = resourceName(application, serviceId);
    const ended = await Promise.allSettled([
      objects.removeAccessService(resource),
      objects.removeSecret(resource),
      objects.removeSecret(parametersName(resource)),
      documents.remove(serviceId),
    ]);
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  }
}
