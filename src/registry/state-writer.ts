import { allDone } from "../core/all-done.ts";
import type { Application } from "../core/resources/application.ts";
import { apiEntryOf } from "./api-entry.ts";
import { parametersName, resourceName } from "./resource-names.ts";
import { groupOf } from "./group-of.ts";
import type { ServiceDocuments } from "./service-documents.ts";

import type { ServiceObjects } from "./service-objects.ts";
import type { ServiceState } from "./service-state.ts";

/** `metadata.resourceVersion` of the Secrets of a service; undefined for one that it does not have. */
export interface SecretVersions {
  readonly credentials?: string | undefined;
  readonly parameters?: string | undefined;
}

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

  /** Of a service that is new: there is nothing to be read or removed before. */
  async create(
    application: Application,
    { entry, credentials, parameters, documents }: ServiceState,
  ): Promise<SecretVersions> {
    const { objects, proxyPort } = this.#parts;
    const owner = { application, serviceId: entry.id };
    const resource = resourceName(application.metadata.name, entry.id);
    const [first, second] = await allDone([
      credentials && objects.createSecret(resource, credentials, owner),
      parameters && objects.createSecret(parametersName(resource), parameters, owner),
      apiEntryOf(entry) && objects.ensureAccessService(owner, proxyPort),
      documents && this.#parts.documents.publish({ ...groupOf(application, entry), isNew: true }, documents),
    ]);
    return {
      credentials: first?.metadata.resourceVersion,
      parameters: second?.metadata.resourceVersion,
    };
  }

  /**
   * May be done again, also when it broke off. The parts know nothing of each other, so that the store may write
   * them in one go.
   */
  async put(
    application: Application,
    { entry, credentials, parameters, documents }: ServiceState,
  ): Promise<void> {
    const { objects, proxyPort } = this.#parts;
    const owner = { application, serviceId: entry.id };
    const { name } = application.metadata;
    const resource = resourceName(name, entry.id);
    const secret = parametersName(resource);
    await allDone([
      apiEntryOf(entry)
        ? objects.ensureAccessService(owner, proxyPort)
        : objects.removeAccessService(resource, name),
      credentials ? objects.putSecret(resource, credentials, owner) : objects.removeSecret(resource, name),
      parameters ? objects.putSecret(secret, parameters, owner) : objects.removeSecret(secret, name),
      ...(documents ? [this.#parts.documents.publish(groupOf(application, entry), documents)] : []),
    ]);
  }

  /** Also what is not there. All of it is tried before the first failure is thrown. */
  async erase(application: string, serviceId: string): Promise<void> {
    const { objects, documents } = this.#parts;
    const resource = resourceName(application, serviceId);
    await allDone([
      objects.removeAccessService(resource, application),
      objects.removeSecret(resource, application),
      objects.removeSecret(parametersName(resource), application),
      documents.remove(application, serviceId),
    ]);
  }
}
