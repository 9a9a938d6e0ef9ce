import type { Static } from "typebox";
import { flag, listOf, mapOf, object, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** subscriptions.eventing.kyma-project.io/v1alpha2 (eventing spec §10). */
const spec = object(
  {
    sink: text({
      description: "URL of the Service that the events go to, in the namespace of the Subscription.",
    }),
    source: text({
      description: "Application that the events come from; may be empty where types match exactly.",
    }),
    types: listOf(text(), { description: "Types of the events." }),
    // Free text: what it may be is for the check of the whole Subscription, which says so in the status.
    typeMatching: optional(
      text({
        default: "standard",
        description: "standard cleans source and types and puts them together; exact takes a type as it is.",
      }),
    ),
    config: optional(
      mapOf(text(), {
        default: { maxInFlightMessages: "10" },
        description: "How events are delivered; maxInFlightMessages says how many at once.",
      }),
    ),
    id: optional(text({ description: "Kept as it is written." })),
  },
  { description: "Which events go where." },
);

const condition = object({
  type: optional(text({ description: "What the condition is about." })),
  status: text({ description: "True, False or Unknown." }),
  lastTransitionTime: optional(text({ format: "date-time", description: "When the status changed last." })),
  reason: optional(text({ description: "Why, in a few words." })),
  message: optional(text({ description: "Why, in a sentence." })),
});

const cleanedType = object({
  originalType: text({ description: "Type as it stands in the spec." }),
  cleanType: text({ description: "Type without the characters that a subject may not have." }),
});

const consumer = object({
  originalType: text({ description: "Type as it stands in the spec." }),
  consumerName: optional(text({ description: "Name of its consumer in the event bus." })),
});

const status = object(
  {
    ready: flag({ description: "Whether events are delivered." }),
    types: listOf(cleanedType, { description: "What became of the types." }),
    conditions: optional(listOf(condition, { description: "What is, or is not, as it should be." })),
    backend: optional(
      object(
        { types: optional(listOf(consumer, { description: "What the event bus has for each type." })) },
        { description: "What the event bus has for the Subscription." },
      ),
    ),
  },
  { description: "What became of the Subscription." },
);

const schema = object({ spec: optional(spec), status: optional(status) });

/** Says which events of an Application go to which Service. */
export interface Subscription extends Resource {
  readonly apiVersion: "eventing.kyma-project.io/v1alpha2";
  readonly kind: "Subscription";
  readonly spec?: Static<typeof spec>;
  readonly status?: Static<typeof status>;
}

export const subscriptionKind: Kind<Subscription> = {
  group: "eventing.kyma-project.io",
  version: "v1alpha2",
  kind: "Subscription",
  description: "Says which events of an Application go to which Service.",
  plural: "subscriptions",
  singular: "subscription",
  shortNames: [],
  categories: ["kyma-eventing"],
  scope: "Namespaced",
  statusSubresource: true,
  custom: true,
  schema,
  columns: [
    nameColumn,
    {
      name: "Ready",
      type: "string",
      description: "Whether events are delivered",
      priority: 0,
      jsonPath: ".status.ready",
      cell: (value) => value.status?.ready.toString() ?? null,
    },
    {
      name: "Sink",
      type: "string",
      description: "Where the events go",
      priority: 1,
      jsonPath: ".spec.sink",
      cell: (value) => value.spec?.sink ?? null,
    },
    ageColumn,
  ],
};
