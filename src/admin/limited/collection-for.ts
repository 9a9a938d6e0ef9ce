import { applicationKind } from "../../core/resources/application.ts";
import { eventKind } from "../../core/resources/event.ts";
import type { Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { secretKind } from "../../core/resources/secret.ts";
import { tokenRequestKind } from "../../core/resources/token-request.ts";
import type { Collection, Store } from "../../stores/store.ts";
import { notAllowed } from "../identity/forbidden.ts";
import type { Caller } from "../identity/caller.ts";
import { applicationRules } from "./application-rules.ts";
import { eventRules } from "./event-rules.ts";
import { LimitedCollection } from "./limited-collection.ts";
import type { ObjectRules } from "./object-rules.ts";
import { removalRules } from "./removal-rules.ts";
import { secretRules } from "./secret-rules.ts";
import { tokenRequestRules } from "./token-request-rules.ts";
import type { Turns } from "./turns.ts";

export interface LimitedHome {
  readonly store: Store;
  readonly credentialsNamespace: string;
  /** Those of all limited callers. */
  readonly turns: Turns;
}

/** The collection of a kind as a caller sees it. */
export function collectionFor(home: LimitedHome, kind: Kind, caller: Caller): Collection<Resource> {
  const collection = home.store.collection(kind, { managedFields: true });
  if (!caller.applications) return collection;
  const rules = rulesFor(home, kind, caller.applications);
  if (rules) return new LimitedCollection(collection, rules, home.turns);
  // Refused by its verb already; this holds where a kind is forgotten there.
  const { group, plural: resource } = kind;
  throw notAllowed(caller, { verb: "use", group, resource, namespace: undefined, name: undefined });
}

function rulesFor(
  { store, credentialsNamespace }: LimitedHome,
  { group, plural }: Kind,
  applications: ReadonlySet<string>,
): ObjectRules | undefined {
  const is = (other: Pick<Kind, "group" | "plural">) => other.group === group && other.plural === plural;
  const removal = removalRules(store, applications, credentialsNamespace);
  const ofSecrets = secretRules(applications, credentialsNamespace);
  if (is(secretKind)) return { ...ofSecrets, removalRefusal: removal.ofSecret };
  if (is(tokenRequestKind)) return tokenRequestRules(applications);
  if (is(eventKind)) return eventRules(applications);
  if (!is(applicationKind)) return undefined;
  const secrets = store.collection(secretKind);
  const ofApplications = applicationRules(applications, async (name) => {
    const found = await secrets.get({ name, namespace: credentialsNamespace });
    return found !== undefined && found.metadata.deletionTimestamp === undefined && ofSecrets.shows(found);
  });
  return { ...ofApplications, removalRefusal: removal.ofApplication };
}
