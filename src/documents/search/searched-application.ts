import type { Application } from "../../core/resources/application.ts";
import type { SearchedDocument } from "../../stores/search-index.ts";
import { searchedVersion } from "./searched-version.ts";
import { labelLines, lines } from "./text-lines.ts";

/** What an Application says of itself, without its services. */
export function searchedApplication({ metadata, spec = {} }: Application): SearchedDocument {
  const { displayName, providerDisplayName, description, longDescription, tags, labels } = spec;
  return searchedVersion({
    application: metadata.name,
    kind: "application",
    title: displayName || metadata.name,
    names: lines([metadata.name, providerDisplayName, ...(tags ?? [])]),
    text: lines([description, longDescription, ...labelLines(labels), ...labelLines(metadata.labels)]),
  });
}
