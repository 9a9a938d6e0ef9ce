import { applicationKind } from "../../core/resources/application.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { secretKind } from "../../core/resources/secret.ts";
import type { Store } from "../../stores/store.ts";
import { namedSecrets } from "./named-secrets.ts";
import { ownedLabels } from "./owned-by.ts";

/** Why something may not be deleted; undefined where it may. */
type Refusal = (stored: Resource) => Promise<string | undefined>;

export interface RemovalRules {
  readonly ofSecret: Refusal;
  readonly ofApplication: Refusal;
}

/**
 * A Secret that an Application names stays: once it is gone, somebody else's may come under its name, and would be sent
 * to wherever the Application says (gateway spec §19). It would go by itself, and with an Application that owns it.
 */
export function removalRules(
  store: Store,
  applications: ReadonlySet<string>,
  credentialsNamespace: string,
): RemovalRules {
  const homes = store.collection(applicationKind);
  const secrets = store.collection(secretKind);
  const namerOf = async (secret: string, gone?: string): Promise<string | undefined> => {
    for (const name of applications) {
      if (name === gone) continue;
      // oxlint-disable-next-line no-await-in-loop -- a token has few Applications, most of them one
      const found = await homes.get({ name });
      if (found && namedSecrets(found).has(secret)) return name;
    }
    return undefined;
  };
  return {
    ofSecret: async ({ metadata }) => {
      const namer = await namerOf(metadata.name);
      return namer === undefined ? undefined : `the Application "${namer}" names it: take it out there first`;
    },
    ofApplication: async ({ metadata: { name, uid } }) => {
      const labels = ownedLabels(applications);
      const { items } = await secrets.list({ namespace: credentialsNamespace, labels });
      for (const { metadata } of items) {
        if (!metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
        // oxlint-disable-next-line no-await-in-loop -- there are few, and the first that is refused ends it
        const namer = await namerOf(metadata.name, name);
        if (namer === undefined) continue;
        return `the Secret "${metadata.name}" would go with it, and the Application "${namer}" names that`;
      }
      return undefined;
    },
  };
}
