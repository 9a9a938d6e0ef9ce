import type { ApplicationService } from "../core/resources/application.ts";

/** What a list and a change answer of a service; identifiers that are empty are left out (registry spec §5). */
export interface ServiceOverview {
  readonly id?: string;
  readonly provider: string;
  readonly name: string;
  readonly description: string;
  readonly identifier?: string;
  /** null in an Application that has none, which the registry never writes. */
  readonly labels: Readonly<Record<string, string>> | null;
}

/** An item of the list. */
export function serviceOverview(service: ApplicationService): ServiceOverview {
  return { id: service.id, ...changedService(service) };
}

/** What a PUT answers: neither the id nor anything of the API. */
export function changedService(service: ApplicationService): ServiceOverview {
  const { providerDisplayName, displayName, description, longDescription, identifier, labels } = service;
  return {
    provider: providerDisplayName,
    name: displayName,
    // The registry keeps the description there; an Application that others write may lack it.
    description: longDescription || description,
    ...(identifier ? { identifier } : {}),
    labels: labels ?? null,
  };
}
