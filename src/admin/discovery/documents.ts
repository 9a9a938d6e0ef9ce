import type { ServedResource, ServedVersion } from "./served-version.ts";

/** What clients read first, by path (admin-api spec §4), in the plain form that every client knows. */
export function discoveryDocuments(versions: readonly ServedVersion[]): ReadonlyMap<string, object> {
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

function groupsOf(versions: readonly ServedVersion[]) {
  return [...Map.groupBy(versions, ({ group }) => group)].map(([name, members]) => {
    const served = members.map((member) => ({ groupVersion: member.name, version: member.version }));
    return { name, versions: served, preferredVersion: served[0] };
  });
}

function resourceList({ name, resources }: ServedVersion) {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: name,
    resources: resources.flatMap((resource) => [described(resource), ...subresources(resource)]),
  };
}

function described({ name, singular, scope, kind, verbs, shortNames, categories }: ServedResource) {
  return {
    name,
    singularName: singular,
    namespaced: scope === "Namespaced",
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

function subresources({ name, scope, kind, subresources: all }: ServedResource) {
  return all.map((subresource) => ({
    name: `${name}/${subresource.name}`,
    singularName: "",
    namespaced: scope === "Namespaced",
    kind,
    verbs: subresource.verbs,
  }));
}
