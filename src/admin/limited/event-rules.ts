import { applicationKind } from "../../core/resources/application.ts";
import type { Event } from "../../core/resources/event.ts";
import { tokenRequestKind } from "../../core/resources/token-request.ts";
import type { Selector } from "../../stores/store.ts";
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
    narrow: (selector) => [narrowed(applications, selector)],
    shows: (event) => isOurs((event as Event).involvedObject ?? {}),
    nameRefusal: () => READ_ONLY,
    refusal: () => Promise.resolve(READ_ONLY),
    removalRefusal: () => Promise.resolve(READ_ONLY),
  };
}

/** A field has one value in a selector, and lists of several would come out of order: of many, all are looked at. */
function narrowed(applications: ReadonlySet<string>, selector: Selector = {}): Selector {
  const [value, ...others] = applications;
  if (value === undefined || others.length > 0) return selector;
  const field = { field: "involvedObject.name", operator: "=", value } as const;
  return { ...selector, fields: [...(selector.fields ?? []), field] };
}
