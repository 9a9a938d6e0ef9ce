import { invalidValues, required } from "./causes.ts";
import type { Event } from "./event.ts";
import type { Cause } from "./kind.ts";
import { qualifiedNameProblems } from "./name-rules.ts";

/** Of the words of an Event in the newer form, in characters. */
const WORD_LIMIT = 128;
const MESSAGE_LIMIT = 1024;

/** As an API server stores it: some fields are always there, others only with a value, and times are in UTC. */
export function normaliseEvent(value: Event): Event {
  const { involvedObject = {}, source = {}, related, series, ...rest } = value;
  return {
    ...withoutEmpty(rest),
    involvedObject: withoutEmpty(involvedObject),
    source: withoutEmpty(source),
    ...(related && { related: withoutEmpty(related) }),
    firstTimestamp: wholeSeconds(value.firstTimestamp),
    lastTimestamp: wholeSeconds(value.lastTimestamp),
    eventTime: microseconds(value.eventTime),
    reportingComponent: value.reportingComponent ?? "",
    reportingInstance: value.reportingInstance ?? "",
    ...(series && { series: { ...withoutEmpty(series), ...seriesTime(series.lastObservedTime) } }),
  };
}

/** Go leaves out what is empty where it reads and writes an Event. */
function withoutEmpty<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== "" && inner !== 0)) as T;
}

function seriesTime(time: string | undefined): { readonly lastObservedTime?: string } {
  const lastObservedTime = microseconds(time);
  return lastObservedTime === null ? {} : { lastObservedTime };
}

/** metav1.Time */
function wholeSeconds(time: string | null | undefined): string | null {
  return time ? new Date(time.toUpperCase()).toISOString().replace(/\.\d+/, "") : null;
}

/** metav1.MicroTime: six digits, of which Date keeps three. */
function microseconds(time: string | null | undefined): string | null {
  if (!time) return null;
  const digits = /\.(\d+)/.exec(time)?.[1] ?? "";
  return new Date(time.toUpperCase()).toISOString().replace(/\.\d+/, `.${digits.slice(0, 6).padEnd(6, "0")}`);
}

/**
 * What an API server asks of Events, of which there are two forms: one with `eventTime`, and the older one (admin-api
 * spec §12).
 */
export function eventCauses(value: Event): Cause[] {
  return [...namespaceCauses(value), ...(value.eventTime ? newerCauses(value) : [])];
}

function namespaceCauses({ metadata, involvedObject, eventTime }: Event): Cause[] {
  const about = involvedObject?.namespace ?? "";
  const { namespace } = metadata;
  if (about === namespace) return [];
  // What is about an object in no namespace lies in this one; kube-system is for the newer form alone.
  const isCommon = namespace === "default" || (Boolean(eventTime) && namespace === "kube-system");
  // The newer form does not compare at all.
  if (about === "" ? isCommon : Boolean(eventTime)) return [];
  return invalidValues("involvedObject.namespace", about, ["does not match event.namespace"]);
}

function newerCauses(value: Event): Cause[] {
  const { reportingComponent = "", reportingInstance = "", action = "", reason = "", message = "" } = value;
  return [
    ...(reportingComponent === "" ? [required("reportingComponent")] : []),
    ...invalidValues("reportingComponent", reportingComponent, qualifiedNameProblems(reportingComponent)),
    ...wordCauses("reportingInstance", reportingInstance),
    ...wordCauses("action", action),
    ...wordCauses("reason", reason),
    ...lengthCauses("message", message, MESSAGE_LIMIT),
  ];
}

function wordCauses(field: string, word: string): Cause[] {
  return word === "" ? [required(field)] : lengthCauses(field, word, WORD_LIMIT);
}

// The API server counts bytes, calls them characters, and shows nothing of a long text.
function lengthCauses(field: string, value: string, limit: number): Cause[] {
  const isTooLong = Buffer.byteLength(value) > limit;
  return isTooLong ? invalidValues(field, "", [`can have at most ${limit} characters`]) : [];
}
