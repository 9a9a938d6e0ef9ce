import assert from "node:assert/strict";
import { test } from "node:test";
import { compareDocuments } from "../../../../src/documents/compare/compare-documents.ts";
import type { Comparison } from "../../../../src/documents/compare/comparison.ts";
import { newDocument } from "../check/check-as.ts";

type Json = Readonly<Record<string, unknown>>;

const info = { title: "Events", version: "1" };
const two = (channels: Json, more: Json = {}): Json => ({ asyncapi: "2.6.0", info, channels, ...more });
const event = (payload: Json, more: Json = {}) => ({ name: "created", payload, ...more });
const sent = (message: Json) => two({ "order/created": { subscribe: { message } } });
const taken = (message: Json) => two({ "order/created": { publish: { message } } });
const order = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };

function compare(before: unknown, after: unknown): Comparison {
  return compareDocuments(
    newDocument("asyncapi", "a.json", before),
    newDocument("asyncapi", "a.json", after),
  );
}

function said({ changes }: Comparison): readonly string[] {
  return changes.map(({ severity, kind, path }) => `${severity} ${kind} ${path}`);
}

const AT = "/channels/order~1created";

const rows: readonly {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  readonly changes: readonly string[];
}[] = [
  {
    name: "nothing changes but words",
    before: sent(event(order)),
    after: sent(event(order, { title: "x" })),
    changes: [],
  },
  {
    name: "a channel is gone and another is new",
    before: two({ a: { subscribe: { message: event({}) } } }),
    after: two({ b: { subscribe: { message: event({}) } } }),
    changes: ["breaking channel-removed /channels/a", "compatible channel-added /channels/b"],
  },
  {
    name: "a parameter of a channel has another name",
    before: two({ "order/{id}": { subscribe: { message: event({}) } } }),
    after: two({ "order/{key}": { subscribe: { message: event({}) } } }),
    changes: [],
  },
  {
    name: "a parameter of a channel has fewer values, under another name",
    before: two({
      "order/{area}": {
        parameters: { area: { schema: { type: "string", enum: ["eu", "us"] } } },
        publish: { message: event({}) },
      },
    }),
    after: two({
      "order/{region}": {
        parameters: { region: { schema: { type: "string", enum: ["eu"] } } },
        publish: { message: event({}) },
      },
    }),
    changes: ["breaking enum-narrowed /channels/order~1{region}/parameters/region/schema"],
  },
  {
    name: "a trait asks for a header, and says the content type that was said before",
    before: taken(event(order, { contentType: "application/json", headers: { type: "object" } })),
    after: taken(
      event(order, {
        headers: { type: "object" },
        traits: [{ contentType: "application/json", headers: { type: "object", required: ["key"] } }],
      }),
    ),
    changes: [`breaking property-newly-required ${AT}/publish/message/headers/properties/key`],
  },
  {
    name: "one of two channels with the same address is gone",
    before: {
      asyncapi: "3.0.0",
      info,
      channels: {
        one: { address: "orders", messages: { created: event({}) } },
        two: { address: "orders", messages: { paid: { name: "paid", payload: {} } } },
      },
    },
    after: {
      asyncapi: "3.0.0",
      info,
      channels: { two: { address: "orders", messages: { paid: { name: "paid", payload: {} } } } },
    },
    changes: ["breaking message-removed /channels/one/messages/created"],
  },
  {
    name: "an operation is gone and another is new",
    before: sent(event(order)),
    after: taken(event(order)),
    changes: [`breaking operation-removed ${AT}/subscribe`, `compatible operation-added ${AT}/publish`],
  },
  {
    name: "what is sent lacks a property",
    before: sent(event(order)),
    after: sent(event({ type: "object", properties: {} })),
    changes: [`breaking property-removed ${AT}/subscribe/message/payload/properties/id`],
  },
  {
    name: "what is sent has a property more",
    before: sent(event(order)),
    after: sent(event({ ...order, properties: { ...order.properties, at: {} } })),
    changes: [`compatible property-added ${AT}/subscribe/message/payload/properties/at`],
  },
  {
    name: "what is taken needs a property more",
    before: taken(event(order)),
    after: taken(event({ ...order, properties: { ...order.properties, at: {} }, required: ["id", "at"] })),
    changes: [
      `breaking property-newly-required ${AT}/publish/message/payload/properties/at`,
      `compatible property-added ${AT}/publish/message/payload/properties/at`,
    ],
  },
  {
    name: "headers change",
    before: sent(event(order, { headers: { type: "object", properties: { a: { type: "string" } } } })),
    after: sent(event(order, { headers: { type: "object", properties: { a: { type: "number" } } } })),
    changes: [`breaking type-changed ${AT}/subscribe/message/headers/properties/a`],
  },
  {
    name: "the content type changes",
    before: sent(event(order, { contentType: "application/json" })),
    after: sent(event(order, { contentType: "application/xml" })),
    changes: [`breaking content-type-changed ${AT}/subscribe/message`],
  },
  {
    name: "a payload of another format changes",
    before: sent(
      event({ type: "record", name: "a" }, { schemaFormat: "application/vnd.apache.avro;version=1.9.0" }),
    ),
    after: sent(
      event({ type: "record", name: "b" }, { schemaFormat: "application/vnd.apache.avro;version=1.9.0" }),
    ),
    changes: [`breaking payload-changed ${AT}/subscribe/message/payload`],
  },
  {
    name: "a message of several is gone and another is new",
    before: sent({ oneOf: [event(order), event(order, { name: "updated" })] }),
    after: sent({ oneOf: [event(order), event(order, { name: "deleted" })] }),
    changes: [
      `breaking message-removed ${AT}/subscribe/message/oneOf/1`,
      `compatible message-added ${AT}/subscribe/message/oneOf/1`,
    ],
  },
  {
    name: "a message moves to the components",
    before: sent(event(order)),
    after: {
      ...sent({ $ref: "#/components/messages/created" }),
      components: {
        messages: { created: { payload: { $ref: "#/components/schemas/order" } } },
        schemas: { order },
      },
    },
    changes: [],
  },
  {
    name: "1.2.0 becomes 2.6.0",
    before: { asyncapi: "1.2.0", info, topics: { "order.created": { subscribe: { payload: order } } } },
    after: sent(event(order)),
    changes: [],
  },
  {
    name: "2.6.0 becomes 3.0.0",
    before: sent(event(order)),
    after: {
      asyncapi: "3.0.0",
      info,
      channels: { orders: { address: "order/created", messages: { created: { payload: order } } } },
      operations: { tell: { action: "send", channel: { $ref: "#/channels/orders" } } },
    },
    changes: [],
  },
  {
    name: "2.6.0 becomes 3.0.0 without an operation, its payload wrapped",
    before: sent(event(order)),
    after: {
      asyncapi: "3.0.0",
      info,
      channels: {
        orders: {
          address: "order/created",
          messages: {
            created: {
              payload: { schemaFormat: "application/vnd.aai.asyncapi;version=3.0.0", schema: order },
            },
          },
        },
      },
    },
    changes: [],
  },
  {
    name: "an operation of 3.0.0 takes what it sent",
    before: {
      asyncapi: "3.0.0",
      info,
      channels: { a: { address: "a", messages: { m: { payload: order } } } },
      operations: {
        tell: {
          action: "send",
          channel: { $ref: "#/channels/a" },
          messages: [{ $ref: "#/channels/a/messages/m" }],
        },
      },
    },
    after: {
      asyncapi: "3.0.0",
      info,
      channels: { a: { address: "a", messages: { m: { payload: order } } } },
      operations: { hear: { action: "receive", channel: { $ref: "#/channels/a" } } },
    },
    changes: [
      "breaking operation-removed /channels/a/subscribe",
      "compatible operation-added /channels/a/publish",
    ],
  },
];

for (const { name, before, after, changes } of rows) {
  test(`comparison of AsyncAPI - ${name}`, () => {
    const comparison = compare(before, after);
    assert.deepEqual(said(comparison), changes);
    const breaking = changes.some((change) => change.startsWith("breaking"));
    assert.equal(comparison.verdict, breaking ? "breaking" : changes.length > 0 ? "compatible" : "unchanged");
  });
}
