import { applicationKind } from "../core/resources/application.ts";
import type { Resource } from "../core/resources/resource.ts";

/**
 * Whether an object goes with another Application: names of Secrets and Access Services are cut, so that those of
 * two Applications may be the same. By name, which two that are there at once never share, and which stays when
 * objects are restored, although uids do not.
 */
export function isOfAnother({ metadata }: Resource, application: string): boolean {
  const owners = (metadata.ownerReferences ?? []).filter(({ kind }) => kind === applicationKind.kind);
  return owners.length > 0 && owners.every(({ name }) => name !== application);
}
