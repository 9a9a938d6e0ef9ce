import type { Kind } from "../../core/resources/kind.ts";
import type { Caller } from "../identity/caller.ts";
import { accessTokensResource, may } from "../identity/may.ts";
import { collectionVerbs } from "../verbs/served-verbs.ts";

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

export interface RulesHome {
  readonly kinds: readonly Kind[];
  readonly credentialsNamespace: string;
}

/** What a caller may do in a namespace and at the cluster scope, as `kubectl auth can-i --list` shows it. */
export function rulesOf(caller: Caller, namespace: string | undefined, home: RulesHome): ResourceRule[] {
  if (caller.role === "admin") return [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
  const served = [...home.kinds, { ...accessTokensResource, kind: "", scope: "Cluster" as const }];
  return served.flatMap((kind) => {
    const { group, plural: resource, scope } = kind;
    const place = scope === "Cluster" ? undefined : namespace;
    const verbs = collectionVerbs(kind).filter((verb) =>
      may(caller, { verb, group, resource, namespace: place, name: undefined }, home.credentialsNamespace),
    );
    return verbs.length === 0 ? [] : [{ verbs, apiGroups: [group], resources: [resource] }];
  });
}
