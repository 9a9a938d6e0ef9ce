import { acceptEntries, type AcceptEntry } from "../answer/accept-entries.ts";
import type { ServedResource, ServedVersion } from "./served-version.ts";

/** Versions of the aggregated form; kubectl 1.28 and 1.29 know only the older one. */
export type AggregatedVersion = "v2" | "v2beta1";

const GROUP = "apidiscovery.k8s.io";
const KIND = "APIGroupDiscoveryList";
const ANY_JSON: ReadonlySet<string> = new Set(["application/json", "application/*", "*/*"]);

/**
 * Which aggregated form an `Accept` header asks for; undefined means the plain documents, also where nothing of
 * the header can be served: a client that gets 406 here gives up altogether (admin-api spec §1).
 */
export function wantedAggregation(accept: string | undefined): AggregatedVersion | undefined {
  const servable = acceptEntries(accept).filter(({ type }) => ANY_JSON.has(type));
  const first = servable.find((entry) => !entry.parameters.has("as") || aggregationOf(entry));
  return first && aggregationOf(first);
}

function aggregationOf({ type, parameters }: AcceptEntry): AggregatedVersion | undefined {
  const isAsked =
    type === "application/json" && parameters.get("g") === GROUP && parameters.get("as") === KIND;
  const version = parameters.get("v");
  return isAsked && (version === "v2" || version === "v2beta1") ? version : undefined;
}

/** By this type, not by the body, clients tell the aggregated form from the plain one. */
export function aggregatedMediaType(version: AggregatedVersion): string {
  return `application/json;g=${GROUP};v=${version};as=${KIND}`;
}

/** Everything that clients would read document by document, in one (admin-api spec §4). */
export function aggregatedDiscovery(versions: readonly ServedVersion[], version: AggregatedVersion): object {
  const groups = [...Map.groupBy(versions, ({ group }) => group)];
  return {
    kind: KIND,
    apiVersion: `${GROUP}/${version}`,
    metadata: {},
    items: groups.map(([name, members]) => ({
      metadata: name === "" ? {} : { name },
      versions: members.map(discoveredVersion),
    })),
  };
}

function discoveredVersion(served: ServedVersion) {
  return {
    version: served.version,
    resources: served.resources.map((resource) => discoveredResource(served, resource)),
    freshness: "Current",
  };
}

function discoveredResource({ group, version }: ServedVersion, resource: ServedResource) {
  const { kind, shortNames, categories, subresources } = resource;
  const responseKind = { group, version, kind };
  return {
    resource: resource.name,
    responseKind,
    scope: resource.scope,
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map(({ name, verbs }) => ({ subresource: name, responseKind, verbs })),
        }),
  };
}
