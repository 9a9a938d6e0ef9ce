import { hash } from "node:crypto";

/** Names of groups are label values and parts of source names too, so they have neither dots nor capitals. */
const PLAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const HASHED = /^id-[0-9a-f]{40}$/;

/**
 * Name of a service's group: its id, which is a UUID in all that were registered here. Ids of Applications
 * that were written by hand may be any text; such a one is hashed, and so is one that looks hashed.
 */
export function groupName(serviceId: string): string {
  if (PLAIN.test(serviceId) && !HASHED.test(serviceId)) return serviceId;
  return hashed(serviceId);
}

/** Where the group of that name is another Application's. Names of Applications have no slash. */
export function ownGroupName(application: string, serviceId: string): string {
  return hashed(`${application}/${serviceId}`);
}

function hashed(text: string): string {
  return `id-${hash("sha256", text).slice(0, 40)}`;
}
