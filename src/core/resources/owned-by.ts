import { applicationKind } from "./application.ts";
import { labelValue } from "./label-value.ts";
import type { OwnerReference, Resource } from "./resource.ts";

/** The label by which a Secret is an Application's (gateway spec §19); the registry sets it as well. */
export const APPLICATION_LABEL = "app";

/** The registry's own records: whoever writes one has the registry write to whatever Application it names. */
export const RECORD_LABEL = "registry";

/** Whether an object belongs to one of these Applications and to no other. */
export function isOwnedBy(
  applications: ReadonlySet<string>,
  { metadata }: Pick<Resource, "metadata">,
): boolean {
  const { labels = {}, ownerReferences = [] } = metadata;
  const label = labels[APPLICATION_LABEL];
  if (label === undefined || labels[RECORD_LABEL] !== undefined) return false;
  const owners = ownerReferences.filter(isApplicationReference);
  // A long name is cut for its label, which then may be the whole name of another: its owner tells.
  if (owners.length === 0) return applications.has(label);
  const isLabel = owners.some(({ name }) => labelValue(name) === label);
  return isLabel && owners.every(({ name }) => applications.has(name));
}

export function isApplicationReference({ apiVersion, kind }: OwnerReference): boolean {
  return kind === applicationKind.kind && apiVersion.startsWith(`${applicationKind.group}/`);
}
