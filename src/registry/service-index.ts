import { normaliseName } from "../core/names.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";

/** The services of one Application by what requests ask for. */
export interface ServiceIndex {
  readonly byId: ReadonlyMap<string, ApplicationService>;
  readonly byIdentifier: ReadonlyMap<string, ApplicationService>;
  /** By the part of the gateway's address; without those whose name gives none. */
  readonly byAddress: ReadonlyMap<string, ApplicationService>;
}

const known = new WeakMap<Application, ServiceIndex>();

/** Made once per state of an Application, which may have thousands of services. */
export function serviceIndex(application: Application): ServiceIndex {
  let index = known.get(application);
  if (!index) {
    index = indexOf(application.spec?.services ?? []);
    known.set(application, index);
  }
  return index;
}

function indexOf(services: readonly ApplicationService[]): ServiceIndex {
  const byId = new Map<string, ApplicationService>();
  const byIdentifier = new Map<string, ApplicationService>();
  const byAddress = new Map<string, ApplicationService>();
  for (const service of services) {
    byId.set(service.id, service);
    if (service.identifier) byIdentifier.set(service.identifier, service);
    const address = addressOf(service);
    if (address !== "") byAddress.set(address, service);
  }
  return { byId, byIdentifier, byAddress };
}

const addresses = new WeakMap<ApplicationService, string>();

function addressOf(service: ApplicationService): string {
  let address = addresses.get(service);
  if (address === undefined) {
    address = normaliseName(service.displayName);
    addresses.set(service, address);
  }
  return address;
}
