import { ageText } from "../../core/resources/columns.ts";
import { objectsAt, textAt, valueAt } from "../json-fields.ts";
import type { Line } from "../output/sections.ts";
import { StatusError } from "../server/status-error.ts";
import type { Describing } from "./describe-object.ts";

/** What happened to an object lately, where the server keeps Events. */
export async function eventLines(object: unknown, { server, now }: Describing): Promise<readonly Line[]> {
  if (!(await server.discovery.typeOf("v1", "Event"))) return [];
  const fieldSelector = [
    `involvedObject.name=${textAt(object, "metadata", "name") ?? ""}`,
    `involvedObject.uid=${textAt(object, "metadata", "uid") ?? ""}`,
  ].join(",");
  try {
    const { body } = await server.client.request({ path: "/api/v1/events", query: { fieldSelector } });
    const events = objectsAt(body, "items").toSorted((a, b) => lastSeen(a) - lastSeen(b));
    const inner = events.map((event) => ({
      label: `${textAt(event, "type") ?? ""} ${textAt(event, "reason") ?? ""}`,
      value: `${seen(event, now)}${textAt(event, "message") ?? ""}`,
    }));
    return inner.length > 0 ? [{ label: "Events", inner }] : [{ label: "Events", value: "<none>" }];
  } catch (error) {
    // An object is worth describing for someone who may not read Events.
    if (error instanceof StatusError) return [];
    throw error;
  }
}

/** `78s (x3 over 11m)`, as kubectl says it. */
function seen(event: unknown, now: number): string {
  const last = lastSeen(event);
  if (last === 0) return "";
  const count = Number(valueAt(event, "series", "count") ?? valueAt(event, "count") ?? 1);
  const first = Date.parse(textAt(event, "firstTimestamp") ?? textAt(event, "eventTime") ?? "");
  const often = count > 1 && first > 0 ? ` (x${count} over ${ageText(now - first)})` : "";
  return `${ageText(now - last)}${often} `;
}

/** Milliseconds since the epoch; 0 where it is not said. */
function lastSeen(event: unknown): number {
  const series = textAt(event, "series", "lastObservedTime");
  const time = series ?? textAt(event, "lastTimestamp") ?? textAt(event, "eventTime");
  return time === undefined ? 0 : Date.parse(time);
}
