import { refused, type Refused } from "./refused.ts";
import type { FailedFetch } from "./specification/failed-fetch.ts";

/** The refusal of what cannot do without a specification that could not be fetched. `step` is what fails. */
export function refusedFetch(step: string, { text, isBusy }: FailedFetch): Refused {
  return refused(isBusy === true ? "REGISTRY_BUSY" : "REGISTRY_SPECIFICATION_UNREACHABLE", step, text);
}
