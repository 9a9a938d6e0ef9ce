import type { Application } from "../../core/resources/application.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { Selector } from "../../stores/store.ts";
import { namedSecrets } from "./named-secrets.ts";
import type { ObjectRules } from "./object-rules.ts";
import { ownerRefusal } from "./owned-by.ts";

/** Whether a Secret of the credentials namespace is there for the caller. */
export type OwnsSecret = (name: string) => Promise<boolean>;

/**
 * Annotations by which an administrator bounds what an Application may do: whoever is bound by them does not
 * change them.
 */
const BOUNDS = /(?:^|\.)appconn\.dev\/(?:address-policy|allowed-callers|allowed-networks)$/;

/** Of Applications, those of the token. */
export function applicationRules(
  applications: ReadonlySet<string>,
  owns: OwnsSecret,
): Omit<ObjectRules, "removalRefusal"> {
  return {
    ...ofName(applications),
    refusal: async (next, stored) =>
      ownerRefusal(applications, next, stored) ??
      boundsRefusal(next, stored) ??
      (await secretsRefusal(next as Application, stored as Application | undefined, owns)),
  };
}

/** Objects that have the name of their Application. */
export function ofName(
  applications: ReadonlySet<string>,
): Pick<ObjectRules, "narrow" | "shows" | "nameRefusal"> {
  const names = [...applications].toSorted();
  return {
    narrow: (selector) => names.map((name) => named(selector, name)),
    shows: ({ metadata }) => applications.has(metadata.name),
    nameRefusal: (name) => (applications.has(name) ? undefined : "the token is for other Applications"),
  };
}

function named(selector: Selector | undefined, name: string): Selector {
  const field = { field: "metadata.name", operator: "=", value: name } as const;
  return { ...selector, fields: [...(selector?.fields ?? []), field] };
}

function boundsRefusal(next: Resource, stored: Resource | undefined): string | undefined {
  const before = stored?.metadata.annotations ?? {};
  const after = next.metadata.annotations ?? {};
  const bounds = [...Object.keys(before), ...Object.keys(after)].filter((name) => BOUNDS.test(name));
  const changed = bounds.find((name) => before[name] !== after[name]);
  return changed === undefined ? undefined : `only a token for all Applications may change ${changed}`;
}

/**
 * The gateway reads whatever Secret an Application names and sends it to whatever address it names: so nobody
 * names a Secret that he could not read himself (gateway spec §19). One that is not there yet may become
 * somebody else's.
 */
async function secretsRefusal(
  next: Application,
  stored: Application | undefined,
  owns: OwnsSecret,
): Promise<string | undefined> {
  const before = stored ? namedSecrets(stored) : new Set<string>();
  for (const name of namedSecrets(next)) {
    if (before.has(name)) continue;
    // oxlint-disable-next-line no-await-in-loop -- there are few, and the first that is refused ends it
    if (await owns(name)) continue;
    return `the Secret "${name}" is not there, or does not belong to it: create it first with the label app=${next.metadata.name}`;
  }
  return undefined;
}
