import type { Static } from "typebox";
import { nullable, object, optional, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { eventColumns } from "./event-columns.ts";
import { eventCauses, normaliseEvent } from "./event-rules.ts";

const time = (description: string) => text({ format: "date-time", description });

/** events of the core group (admin-api spec §§6, 12, 14). */
const objectReference = (description: string) =>
  object(
    {
      apiVersion: optional(text({ description: "Group and version of the object." })),
      kind: optional(text({ description: "Kind of the object." })),
      namespace: optional(
        text({ description: "Namespace of the object; empty where its kind lies in none." }),
      ),
      name: optional(text({ description: "Name of the object." })),
      uid: optional(
        text({ description: "Identity of the object: another of the same name has another one." }),
      ),
      resourceVersion: optional(text({ description: "Version of the object that is meant, if one is." })),
      fieldPath: optional(text({ description: "Part of the object that is meant, if not the whole." })),
    },
    { description },
  );

const source = object(
  {
    component: optional(text({ description: "Part that saw it, such as gateway." })),
    host: optional(text({ description: "Machine on which it was seen." })),
  },
  { description: "Who saw it." },
);

const series = object(
  {
    count: optional(wholeNumber({ format: "int32", description: "How often it was seen so far." })),
    lastObservedTime: optional(time("When it was seen last, to the microsecond.")),
  },
  { description: "Of an Event in the newer form: that it was seen again and again." },
);

const schema = object({
  involvedObject: optional(objectReference("The object that the Event is about.")),
  reason: optional(text({ description: "Why, in one word that programs may go by." })),
  message: optional(text({ description: "What happened, in a sentence for people." })),
  source: optional(source),
  firstTimestamp: optional(nullable(time("When it was seen first."))),
  lastTimestamp: optional(nullable(time("When it was seen last."))),
  count: optional(wholeNumber({ format: "int32", description: "How often it was seen." })),
  type: optional(text({ description: "Normal, or Warning where somebody should do something." })),
  eventTime: optional(
    nullable(time("When it was seen first, to the microsecond: of an Event in the newer form.")),
  ),
  series: optional(series),
  action: optional(text({ description: "What was done, or could not be, in one word." })),
  related: optional(objectReference("A second object that has to do with it.")),
  reportingComponent: optional(text({ description: "Part that saw it, such as gateway." })),
  reportingInstance: optional(text({ description: "Which of its processes saw it." })),
});

/** Something that happened to an object lately: for people, who need not have been there. */
export interface Event extends Resource, Static<typeof schema> {
  readonly apiVersion: "v1";
  readonly kind: "Event";
}

export const eventKind: Kind<Event> = {
  group: "",
  version: "v1",
  kind: "Event",
  description:
    "Something that happened to an object lately, for people to read. Kept for an hour; what happens again is counted.",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  categories: [],
  scope: "Namespaced",
  statusSubresource: false,
  custom: false,
  schema,
  normalise: normaliseEvent,
  validate: eventCauses,
  selectableFields: {
    "involvedObject.kind": (value) => value.involvedObject?.kind ?? "",
    "involvedObject.namespace": (value) => value.involvedObject?.namespace ?? "",
    "involvedObject.name": (value) => value.involvedObject?.name ?? "",
    "involvedObject.uid": (value) => value.involvedObject?.uid ?? "",
    "involvedObject.apiVersion": (value) => value.involvedObject?.apiVersion ?? "",
    "involvedObject.resourceVersion": (value) => value.involvedObject?.resourceVersion ?? "",
    "involvedObject.fieldPath": (value) => value.involvedObject?.fieldPath ?? "",
    reason: (value) => value.reason ?? "",
    type: (value) => value.type ?? "",
    // Whatever form the Event has: an API server looks into both.
    source: (value) => value.source?.component || value.reportingComponent || "",
    reportingComponent: (value) => value.reportingComponent ?? "",
  },
  columns: eventColumns,
};
