import type { NewDocument } from "../service-documents.ts";
import type { EventsRequest } from "../service-request.ts";
import { isGiven } from "./is-given.ts";

/** What a service says of its events; never fetched, never rewritten (registry spec §7). */
export function eventsDocument(events: EventsRequest | undefined): NewDocument | undefined {
  if (!isGiven(events?.spec)) return undefined;
  return { type: "asyncapi", fileName: "asyncApiSpec.json", content: events.spec };
}
