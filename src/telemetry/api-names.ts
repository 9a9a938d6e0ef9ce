import type { FinishedCall } from "./channels.ts";
import { jsonText } from "./json-text.ts";

/** By the `api` of calls, which stands for one configuration of one entry. */
const remembered = new WeakMap<object, string>();

/** `,"application":"shop","service":"orders","entry":"rest"`, without what is not known. */
export function apiNames(call: FinishedCall): string {
  if (call.api === undefined) return namesOf(call);
  const known = remembered.get(call.api);
  if (known !== undefined) return known;
  const names = namesOf(call);
  remembered.set(call.api, names);
  return names;
}

function namesOf({ application, service, entry }: FinishedCall): string {
  return (
    (application === undefined ? "" : `,"application":${jsonText(application)}`) +
    (service === undefined ? "" : `,"service":${jsonText(service)}`) +
    (entry === undefined ? "" : `,"entry":${jsonText(entry)}`)
  );
}
