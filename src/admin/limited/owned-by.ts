import { labelValue } from "../../core/resources/label-value.ts";
import { APPLICATION_LABEL, isApplicationReference, RECORD_LABEL } from "../../core/resources/owned-by.ts";
import type { OwnerReference, Resource } from "../../core/resources/resource.ts";
import type { LabelRequirement } from "../../stores/store.ts";

/** What everything has that belongs to one of these Applications, for asking the store. */
export function ownedLabels(applications: ReadonlySet<string>): readonly LabelRequirement[] {
  const values = Array.from(applications, labelValue);
  return [
    { key: APPLICATION_LABEL, operator: "in", values },
    { key: RECORD_LABEL, operator: "!exists", values: [] },
  ];
}

/**
 * Why the owners of `next` may not be written; undefined where they may. Who gives an object to somebody else's
 * Application has it go with that one.
 */
export function ownerRefusal(
  applications: ReadonlySet<string>,
  next: Resource,
  stored: Resource | undefined,
): string | undefined {
  const kept = new Set((stored?.metadata.ownerReferences ?? []).map(textOf));
  const strange = (next.metadata.ownerReferences ?? []).filter(
    (owner) => !kept.has(textOf(owner)) && !(isApplicationReference(owner) && applications.has(owner.name)),
  );
  if (strange.length === 0) return undefined;
  return "its owners may be the Applications of the token alone";
}

function textOf({ apiVersion, kind, name, uid }: OwnerReference): string {
  return JSON.stringify([apiVersion, kind, name, uid]);
}
