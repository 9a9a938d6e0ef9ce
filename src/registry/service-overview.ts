import type { ApplicationService } from "../core/resources/application.ts";
import { goJson } from "../http/go-json.ts";
import { byBytes } from "./by-bytes.ts";
import { rawObject } from "./raw-json.ts";
import { sortedObject } from "./sorted-object.ts";

/** An item of the list, as JSON (registry spec §5.1). */
function serviceOverview(service: ApplicationService): string {
  return rawObject({ id: goJson(service.id), ...overviewMembers(service) });
}

/**
 * The list, as JSON. Thousands of services are written in one go where no label is called by a number, which an
 * object would put in front.
 */
export function serviceList(services: readonly ApplicationService[]): string {
  if (services.some(({ labels }) => labels && Object.keys(labels).some((name) => NUMBER.test(name)))) {
    return `[${services.map(serviceOverview).join(",")}]`;
  }
  return goJson(
    services.map(({ id, providerDisplayName, displayName, description, ...more }) => ({
      id,
      provider: providerDisplayName,
      name: displayName,
      description: more.longDescription || description,
      ...(more.identifier ? { identifier: more.identifier } : {}),
      labels: more.labels ? sorted(more.labels) : null,
    })),
  );
}

const NUMBER = /^\d+$/;

function sorted(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  const isSorted = entries.every(
    ([name], index) => index === 0 || byBytes(entries[index - 1]?.[0] ?? "", name) <= 0,
  );
  return isSorted ? labels : Object.fromEntries(entries.toSorted(([one], [other]) => byBytes(one, other)));
}

/** What a PUT answers, as JSON: neither the id nor anything of the API. */
export function changedService(service: ApplicationService): string {
  return rawObject(overviewMembers(service));
}

/** The members that every answer about a service begins with, each as JSON; an empty identifier is left out. */
export function overviewMembers(service: ApplicationService): Readonly<Record<string, string | undefined>> {
  const { providerDisplayName, displayName, description, longDescription, identifier, labels } = service;
  return {
    provider: goJson(providerDisplayName),
    name: goJson(displayName),
    // The registry keeps the description there; an Application that others write may lack it.
    description: goJson(longDescription || description),
    identifier: identifier ? goJson(identifier) : undefined,
    // There are none in Applications that others write; the registry always writes some.
    labels: labels
      ? sortedObject(Object.entries(labels).map(([key, value]) => [key, goJson(value)]))
      : "null",
  };
}
