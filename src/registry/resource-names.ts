import { hash } from "node:crypto";
import { cutApplicationName, serviceSegment } from "../core/names.ts";

/** Name of a service's Access Service and of its credentials Secret: a DNS label of at most 63 characters. */
export function resourceName(application: string, serviceId: string): string {
  return `${cutApplicationName(application)}-${labelPart(serviceId)}`;
}

/** Name of the Secret with the request parameters. The original cuts to 63 what is longer than 64. */
export function parametersName(resource: string): string {
  const name = `params-${resource}`;
  return name.length > 64 ? name.slice(0, 63).replace(/-+$/, "") : name;
}

/** `services[].name` of the Application: unique, although the names of two services may normalise alike. */
export function serviceName(service: { readonly displayName: string; readonly id: string }): string {
  const segment = serviceSegment(service);
  return segment === "" ? shortHash(service.id) : `${segment}-${shortHash(service.id)}`;
}

/**
 * Our own ids are UUIDs, but whoever writes an Application may call its services as he likes. The hash tells
 * apart what becomes the same, and stands in front, where no cut reaches it.
 */
function labelPart(id: string): string {
  if (id.length <= 36 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(id)) return id;
  const legal = id.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${shortHash(id)}-${legal}`.slice(0, 36).replace(/-+$/, "");
}

function shortHash(id: string): string {
  return hash("sha1", id).slice(0, 5);
}
