import { isOwnedBy } from "../../core/resources/owned-by.ts";
import type { ObjectRules } from "./object-rules.ts";
import { ownedLabels, ownerRefusal } from "./owned-by.ts";

/** Of Secrets, those of the credentials namespace that belong to an Application of the token. */
export function secretRules(
  applications: ReadonlySet<string>,
  credentialsNamespace: string,
): Omit<ObjectRules, "removalRefusal"> {
  return {
    narrow: (selector) => [
      {
        ...selector,
        namespace: credentialsNamespace,
        labels: [...(selector?.labels ?? []), ...ownedLabels(applications)],
      },
    ],
    shows: (secret) => secret.metadata.namespace === credentialsNamespace && isOwnedBy(applications, secret),
    nameRefusal: () => undefined,
    refusal: (next, stored) =>
      Promise.resolve(
        isOwnedBy(applications, next)
          ? ownerRefusal(applications, next, stored)
          : `it must have the label app with the name of an Application of the token, and no other owner`,
      ),
  };
}
