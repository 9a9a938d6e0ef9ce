import { ageText } from "../../core/resources/columns.ts";
import { objectsAt, textAt } from "../json-fields.ts";
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
    const inner = objectsAt(body, "items").map((event) => ({
      label: `${textAt(event, "type") ?? ""} ${textAt(event, "reason") ?? ""}`,
      value: `${age(event, now)} ${textAt(event, "message") ?? ""}`,
    }));
    return inner.length > 0 ? [{ label: "Events", inner }] : [{ label: "Events", value: "<none>" }];
  } catch (error) {
    // An object is worth describing for someone who may not read Events.
    if (error instanceof StatusError) return [];
    throw error;
  }
}

function age(event: unknown, now: number): string {
  const time = textAt(event, "lastTimestamp") ?? textAt(event, "eventTime");
  return time === undefined ? "" : ageText(now - Date.parse(time));
}
