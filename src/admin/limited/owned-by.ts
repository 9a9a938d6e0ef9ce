import { applicationKind } from "../../core/resources/application.ts";
import type { OwnerReference, Resource } from "../../core/resources/resource.ts";

/** The label by which a Secret is an Application's (gateway spec §19); the registry sets it as well. */
export const APPLICATION_LABEL = "app";

/** The registry's own records: whoever writes one has the registry write to whatever Application it names. */
const RECORD_LABEL = "registry";

/** Whether an object belongs to one of these Applications and to no other. */
export function isOwnedBy(applications: ReadonlySet<string>, { metadata }: Resource): boolean {
  const { labels = {}, ownerReferences = [] } = metadata;
  if (labels[RECORD_LABEL] !== undefined) return false;
  const owners = ownerReferences.filter(isApplication);
  if (!owners.every(({ name }) => applications.has(name))) return false;
  const label = labels[APPLICATION_LABEL];
  // The registry cuts a long name for its label, which then may be another's whole name.
  return owners.length > 0 || (label !== undefined && applications.has(label));
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
