import type { Kind } from "../../core/resources/kind.ts";
import { collectionVerbs } from "../verbs/served-verbs.ts";
import { groupVersions, type GroupVersion } from "./group-version.ts";

/** What clients read first, by path (admin-api spec §4). Plain documents; the aggregated form is not served. */
export function discoveryDocuments(kinds: readonly Kind[]): ReadonlyMap<string, object> {
  const versions = groupVersions(kinds);
  const documents = new Map<string, object>([["/version", VERSION]]);
  const core = versions.filter(({ group }) => group === "");
  documents.set("/api", {
    kind: "APIVersions",
    versions: core.map(({ version }) => version),
    serverAddressByClientCIDRs: [],
  });
  const groups = groupsOf(versions.filter(({ group }) => group !== ""));
  documents.set("/apis", { kind: "APIGroupList", apiVersion: "v1", groups });
  for (const group of groups) {
    documents.set(`/apis/${group.name}`, { kind: "APIGroup", apiVersion: "v1", ...group });
  }
  for (const version of versions) documents.set(version.root, resourceList(version));
  return documents;
}

/** kubectl warns when its minor version differs from this by more than one. */
const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.0+appconn",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "",
};

function groupsOf(versions: readonly GroupVersion[]) {
  return [...Map.groupBy(versions, ({ group }) => group)].map(([name, members]) => {
    const served = members.map((member) => ({ groupVersion: member.name, version: member.version }));
    return { name, versions: served, preferredVersion: served[0] };
  });
}

function resourceList({ name, kinds }: GroupVersion) {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: name,
    resources: kinds.flatMap((kind) => [resource(kind), ...(kind.statusSubresource ? [status(kind)] : [])]),
  };
}

function resource(kind: Kind) {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.scope === "Namespaced",
    kind: kind.kind,
    verbs: collectionVerbs(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  };
}

function status(kind: Kind) {
  return {
    name: `${kind.plural}/status`,
    singularName: "",
    namespaced: kind.scope === "Namespaced",
    kind: kind.kind,
    verbs: ["get", "patch", "update"],
  };
}
