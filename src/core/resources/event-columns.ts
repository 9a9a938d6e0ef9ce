import { ageText } from "./columns.ts";
import type { Event } from "./event.ts";
import type { Column } from "./kind.ts";

/** What `kubectl get events` shows (admin-api spec §14). */
export const eventColumns: readonly Column<Event>[] = [
  {
    name: "Last Seen",
    type: "string",
    description: "How long ago it was seen last",
    priority: 0,
    cell: (value, now) =>
      since(value.series?.lastObservedTime ?? value.lastTimestamp ?? firstSeen(value), now),
  },
  {
    name: "Type",
    type: "string",
    description: "Normal or Warning",
    priority: 0,
    cell: (value) => value.type ?? "",
  },
  {
    name: "Reason",
    type: "string",
    description: "Why, in one word",
    priority: 0,
    cell: (value) => value.reason ?? "",
  },
  {
    name: "Object",
    type: "string",
    description: "Object that the Event is about",
    priority: 0,
    cell: ({ involvedObject: { kind = "", name = "" } = {} }) =>
      name === "" ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`,
  },
  {
    name: "Subobject",
    type: "string",
    description: "Part of the object that is meant",
    priority: 1,
    cell: (value) => value.involvedObject?.fieldPath ?? "",
  },
  {
    name: "Source",
    type: "string",
    description: "Who saw it",
    priority: 1,
    cell: ({ source, reportingComponent, reportingInstance }) =>
      [source?.component || reportingComponent || "", source?.host || reportingInstance || ""]
        .filter((part, index) => index === 0 || part !== "")
        .join(", "),
  },
  {
    name: "Message",
    type: "string",
    description: "What happened",
    priority: 0,
    cell: (value) => (value.message ?? "").trim(),
  },
  {
    name: "First Seen",
    type: "string",
    description: "How long ago it was seen first",
    priority: 1,
    cell: (value, now) => since(firstSeen(value), now),
  },
  {
    name: "Count",
    // As an API server declares it, whose cells are numbers.
    type: "string",
    description: "How often it was seen",
    priority: 1,
    cell: ({ series, count }) => (series ? (series.count ?? 0) : count || 1),
  },
  {
    name: "Name",
    type: "string",
    format: "name",
    description: "Name, unique within the namespace and kind",
    priority: 1,
    cell: (value) => value.metadata.name,
  },
];

function firstSeen({ firstTimestamp, eventTime }: Event): string | null | undefined {
  return firstTimestamp ?? eventTime;
}

function since(time: string | null | undefined, now: number): string {
  return time ? ageText(now - Date.parse(time)) : "<unknown>";
}
