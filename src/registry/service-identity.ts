import { normaliseName } from "../core/names.ts";
import type { ApplicationService } from "../core/resources/application.ts";
import { refused, type Refused } from "./refused.ts";
import type { ServiceIndex } from "./service-index.ts";
import type { ServiceRequest } from "./service-request.ts";

export type Compat = "1x" | "2x";
type Identity = Pick<ServiceRequest, "name" | "identifier">;

/** Why a new service cannot stand beside those that there are; undefined when it can. */
export function refuseNewService(
  { name, identifier }: Identity,
  { byIdentifier, byAddress }: Pick<ServiceIndex, "byIdentifier" | "byAddress">,
  compat: Compat,
): Refused | undefined {
  if (identifier !== "" && byIdentifier.has(identifier)) {
    return refused("REGISTRY_IDENTIFIER_TAKEN", identifier);
  }
  if (compat === "2x" && byAddress.has(normaliseName(name))) return refused("REGISTRY_NAME_TAKEN", name);
  return undefined;
}

/**
 * In 2.x a service keeps its address. The original compares with all services of the Application and so lets a
 * service take the name of another one.
 */
export function refuseRename(
  { name }: Pick<Identity, "name">,
  stored: ApplicationService,
  compat: Compat,
): Refused | undefined {
  if (compat === "1x" || normaliseName(name) === normaliseName(stored.displayName)) return undefined;
  return refused("REGISTRY_NAME_CHANGED", stored.id, name, stored.id);
}
