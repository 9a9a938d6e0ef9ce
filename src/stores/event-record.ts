import { createHash } from "node:crypto";
import type { Event } from "../core/resources/event.ts";
import type { New } from "../core/resources/resource.ts";
import type { Notice } from "../telemetry/channels.ts";
import type { GatheredNotice } from "./event-gatherer.ts";

/** Where Events about objects in no namespace lie (admin-api spec §12). */
const COMMON_NAMESPACE = "default";

/** Bytes, as in the newer form of Events. */
const MESSAGE_LIMIT = 1024;

/** Characters of the name that tell what is seen of one object apart. */
const MARK = 16;

/** What does not change when it is seen again. */
export type EventIdentity = Pick<New<Event>, "metadata" | "involvedObject"> & {
  readonly metadata: { readonly name: string; readonly namespace: string };
};

/**
 * The same matter has the same name, so that it is counted on after a restart. An object that was made anew has
 * another uid, and Events of its own.
 */
export function eventIdentity(notice: Notice, uid: string | undefined): EventIdentity {
  const { apiVersion, kind, namespace, name } = notice.object;
  const { type, reason, message, component } = notice;
  const whole = JSON.stringify([apiVersion, kind, namespace, name, uid, type, reason, message, component]);
  const mark = createHash("sha256").update(whole).digest("hex").slice(0, MARK);
  return {
    metadata: { name: `${subdomainPart(name)}.${mark}`, namespace: namespace ?? COMMON_NAMESPACE },
    involvedObject: {
      apiVersion,
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

/** A first one, in the form that every kubectl counts (admin-api spec §14). */
export function firstEvent(
  { notice, count, first, last }: GatheredNotice,
  identity: EventIdentity,
  instance: string,
): New<Event> {
  const { type, reason, message, component } = notice;
  return {
    ...identity,
    type,
    reason,
    message: cut(message),
    source: { component },
    reportingComponent: component,
    reportingInstance: instance,
    firstTimestamp: timestamp(first),
    lastTimestamp: timestamp(last),
    count,
    eventTime: null,
  };
}

/** What is different once it was seen again. */
export function repeatedEvent(
  stored: Event,
  { count, last }: GatheredNotice,
): Pick<Event, "count" | "lastTimestamp"> {
  return { count: (stored.count ?? 1) + count, lastTimestamp: timestamp(last) };
}

function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, "");
}

/** Kubernetes' names of objects are names of hosts, of at most 253 characters. */
function subdomainPart(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");
  const cutName = letters.slice(0, 253 - MARK - 1);
  return cutName.replace(/^[.-]+|[.-]+$/g, "").replace(/[.-]*\.[.-]*/g, ".") || "unnamed";
}

function cut(message: string): string {
  if (Buffer.byteLength(message) <= MESSAGE_LIMIT) return message;
  const mark = "…";
  const bytes = Buffer.from(message).subarray(0, MESSAGE_LIMIT - Buffer.byteLength(mark));
  // A character that was cut in two is left out.
  return bytes.toString("utf8").replace(/\uFFFD+$/, "") + mark;
}
