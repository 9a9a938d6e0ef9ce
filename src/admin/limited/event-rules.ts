import { applicationKind } from "../../core/resources/application.ts";
import type { Event } from "../../core/resources/event.ts";
import { tokenRequestKind } from "../../core/resources/token-request.ts";
import type { ObjectRules } from "./object-rules.ts";

const READ_ONLY = "Events are only read with a token for some Applications";

/**
 * Of Events, those about an Application of the token, or about a TokenRequest for one. They are read only, so that what
 * stands there was seen by whom it names.
 */
export function eventRules(applications: ReadonlySet<string>): ObjectRules {
  const isOurs = ({ apiVersion = "", kind = "", name = "" }: NonNullable<Event["involvedObject"]>) =>
    apiVersion.startsWith(`${applicationKind.group}/`) &&
    (kind === applicationKind.kind || kind === tokenRequestKind.kind) &&
    applications.has(name);
  return {
    // A field has one value in a selector, and lists of several would come out of order; there are few Events.
    narrow: (selector) => [selector ?? {}],
    shows: (event) => isOurs((event as Event).involvedObject ?? {}),
    nameRefusal: () => READ_ONLY,
    refusal: () => Promise.resolve(READ_ONLY),
  };
}
