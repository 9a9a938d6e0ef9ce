import { applicationKind } from "../../core/resources/application.ts";
import { labelValue } from "../../core/resources/label-value.ts";
import type { OwnerReference, Resource } from "../../core/resources/resource.ts";
import type { LabelRequirement } from "../../stores/store.ts";

/** The label by which a Secret is an Application's (gateway spec §19); the registry sets it as well. */
const APPLICATION_LABEL = "app";

/** The registry's own records: whoever writes one has the registry write to whatever Application it names. */
const RECORD_LABEL = "registry";

/** What everything has that belongs to one of these Applications, for asking the store. */
export function ownedLabels(applications: ReadonlySet<string>): readonly LabelRequirement[] {
  const values = Array.from(applications, labelValue);
  return [
    { key: APPLICATION_LABEL, operator: "in", values },
    { key: RECORD_LABEL, operator: "!exists", values: [] },
  ];
}

/** Whether an object belongs to one of these Applications and to no other. */
export function isOwnedBy(applications: ReadonlySet<string>, { metadata }: Resource): boolean {
  const { labels = {}, ownerReferences = [] } = metadata;
  const label = labels[APPLICATION_LABEL];
  if (label === undefined || labels[RECORD_LABEL] !== undefined) return false;
  const owners = ownerReferences.filter(isApplication);
  // A long name is cut for its label, which then may be the whole name of another: its owner tells.
  if (owners.length === 0) return applications.has(label);
  const isLabel = owners.some(({ name }) => labelValue(name) === label);
  return isLabel && owners.every(({ name }) => applications.has(name));
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
    (owner) => !kept.has(textOf(owner)) && !(isApplication(owner) && applications.has(owner.name)),
  );
  if (strange.length === 0) return undefined;
  return "its owners may be the Applications of the token alone";
}

function isApplication({ apiVersion, kind }: OwnerReference): boolean {
  return kind === applicationKind.kind && apiVersion.startsWith(`${applicationKind.group}/`);
}

function textOf({ apiVersion, kind, name, uid }: OwnerReference): string {
  return JSON.stringify([apiVersion, kind, name, uid]);
}
