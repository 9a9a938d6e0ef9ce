import { refusalAnswer } from "../answer.ts";
import { refused, type Refused } from "../refused.ts";
import type { Call, Endpoint } from "../router.ts";

/**
 * Serves `?dryRun=true` by an endpoint that keeps nothing (registry spec §15.1); undefined where there is none.
 * Whatever is not clearly meant for the real one does not get it.
 */
export function whetherDry(real: Endpoint, dry: Endpoint | undefined): Endpoint {
  return (call) => {
    const isDry = dryRunOf(call);
    if (typeof isDry !== "boolean") return refusalAnswer(isDry);
    if (!isDry) return real(call);
    return dry ? dry(call) : refusalAnswer(refused("REGISTRY_BAD_QUERY", "there is no dry run of this"));
  };
}

function dryRunOf({ query }: Call): boolean | Refused {
  const [value, ...others] = query.getAll("dryRun");
  if (others.length > 0) return refused("REGISTRY_BAD_QUERY", "dryRun is given more than once");
  if (value === undefined || value === "false") return false;
  return value === "true" || refused("REGISTRY_BAD_QUERY", "dryRun has to be true or false");
}
