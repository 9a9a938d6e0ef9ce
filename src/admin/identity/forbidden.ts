import { resourceName } from "../../core/resources/kind.ts";
import { AdminFailure } from "../admin-failure.ts";
import type { Caller } from "./caller.ts";
import type { Wanted } from "./may.ts";

export type Forbidden = Pick<Wanted, "group" | "resource" | "name">;

/** 403 in the words of the API server (admin-api spec §2). */
export function notAllowed(caller: Caller, wanted: Wanted, subresource?: string): AdminFailure {
  const { verb, group, resource, namespace } = wanted;
  const place = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const asked = subresource === undefined ? resource : `${resource}/${subresource}`;
  const what = `cannot ${verb} resource "${asked}" in API group "${group}" ${place}`;
  return forbidden(wanted, `User "${caller.name}" ${what}`);
}

/** 403 with a reason of its own. */
export function forbidden({ group, resource, name }: Forbidden, reason: string): AdminFailure {
  const plural = resourceName({ group, plural: resource });
  const subject = name === undefined ? plural : `${plural} "${name}"`;
  return new AdminFailure("ADMIN_FORBIDDEN", [subject, reason], {
    ...(name === undefined ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind: resource,
  });
}
