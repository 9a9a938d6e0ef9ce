import type { ApplicationService } from "../../core/resources/application.ts";
import type { SearchedDocument } from "../../stores/search-index.ts";
import { searchedVersion } from "./searched-version.ts";
import { labelLines, lines } from "./text-lines.ts";

/** What an Application says of one of its services; addresses and names of Secrets are left out. */
export function searchedService(application: string, service: ApplicationService): SearchedDocument {
  const { displayName, name, identifier, providerDisplayName, tags, entries } = service;
  const { description, longDescription, labels } = service;
  const offered = entries.flatMap((entry) => [entry.type, entry.name, entry.apiType]);
  const texts = longDescription === description ? [description] : [description, longDescription];
  return searchedVersion({
    application,
    kind: "service",
    title: displayName || name,
    names: lines([name, identifier, providerDisplayName, ...(tags ?? []), ...new Set(offered)]),
    text: lines([...texts, ...labelLines(labels)]),
  });
}
