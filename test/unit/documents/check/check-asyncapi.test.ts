import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckedDocument } from "../../../../src/documents/checked-document.ts";
import { checkAs, said } from "./check-as.ts";

const info = { title: "Order events", version: "1.0.0" };
const message = { payload: { type: "object" } };

function convertedOf({ converted }: CheckedDocument): unknown {
  assert.ok(converted);
  return JSON.parse(Buffer.from(converted.content).toString());
}

for (const version of ["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0"]) {
  test(`asyncapi - ${version} is checked by its schema`, () => {
    const document = { asyncapi: version, info, channels: { "order/created": { subscribe: { message } } } };
    const checked = checkAs("asyncapi", "asyncApiSpec.json", document);
    assert.deepEqual(checked.findings, []);
    assert.deepEqual([checked.format, checked.version, checked.converted], ["asyncapi", version, undefined]);
    assert.deepEqual(checked.metadata, { ...info, channels: ["order/created"] });
    const broken = checkAs("asyncapi", "asyncApiSpec.json", { ...document, chanels: {} });
    assert.deepEqual(said(broken), ["error /chanels:1 This property is not known here."]);
  });
}

for (const version of ["3.0.0", "3.1.0"]) {
  test(`asyncapi - ${version} is checked by its schema`, () => {
    const document = {
      asyncapi: version,
      info,
      channels: { created: { address: "order/created", messages: { created: message } } },
      operations: { send: { action: "send", channel: { $ref: "#/channels/created" } } },
    };
    const checked = checkAs("asyncapi", "asyncApiSpec.json", document);
    assert.deepEqual(checked.findings, []);
    assert.deepEqual(checked.metadata, { ...info, channels: ["order/created"], messages: ["created"] });
    const operations = { send: { action: "shout", channel: { $ref: "#/channels/nothing" } } };
    const broken = checkAs("asyncapi", "asyncApiSpec.json", { ...document, operations });
    assert.deepEqual(said(broken), [
      "error /operations/send/action:1 It must be equal to one of the allowed values: send, receive.",
      'error /operations/send/channel/$ref:1 The reference "#/channels/nothing" leads nowhere.',
    ]);
  });
}

for (const version of ["2.0.0-rc1", "2.7.0", "1.3.0", "4.0.0", "constructor"]) {
  test(`asyncapi - version ${version} is refused in the words of the original`, () => {
    const { format, findings, outcome } = checkAs("asyncapi", "a.json", {
      asyncapi: version,
      info,
      channels: {},
    });
    const refused = `asyncapi: unsupported asyncapi version '${version}'`;
    assert.deepEqual([format, findings[0]?.message], ["asyncapi", refused]);
    const reason = "MutationFailed";
    assert.deepEqual(outcome, {
      phase: "Failed",
      reason,
      message: `Asset mutation failed due to ${refused}`,
    });
  });
}

test("asyncapi - events without a version, and events that are no object, are refused likewise", () => {
  const refusals = [
    [{ name: "events" }, "asyncapi: error invalid property asyncapi"],
    [{ asyncapi: 2 }, "asyncapi: error invalid property asyncapi"],
    [[], "asyncapi: unable to decode document"],
    ["null", "asyncapi: unable to decode document"],
    ['{"asyncapi": "2.0.0",', "asyncapi: unable to decode document"],
  ] as const;
  for (const [content, refused] of refusals) {
    const { findings, outcome } = checkAs("asyncapi", "asyncApiSpec.json", content);
    assert.equal(findings[0]?.message, refused);
    assert.equal(outcome.reason, "MutationFailed");
  }
});

test("asyncapi - 1.2.0 becomes 2.0.0 by the rules of the original, both operations of a topic kept", () => {
  const old = {
    asyncapi: "1.2.0",
    info,
    baseTopic: "shop",
    servers: [
      { url: "broker.example.com", scheme: "amqp", schemeVersion: "0.9.1" },
      { url: "other.example.com", scheme: "mqtt", description: null },
    ],
    security: [{ apiKey: [] }],
    topics: {
      "order.{id}.created": {
        parameters: [{ name: "id", schema: { type: "string" } }, { $ref: "#/components/parameters/region" }],
        publish: { headers: { trace: { type: "string" } }, payload: { type: "object" } },
        subscribe: { oneOf: [{ $ref: "#/components/messages/created" }, { summary: "Other", example: 1 }] },
      },
    },
    components: {
      messages: {
        created: {
          headers: { type: "object", properties: {} },
          payload: { type: "string", enum: ["a", null] },
        },
      },
      parameters: { region: { name: "region", schema: { type: "string" } } },
      securitySchemes: { apiKey: { type: "apiKey", in: "user" } },
    },
  };
  const checked = checkAs("asyncapi", "asyncApiSpec.yaml", old);
  assert.deepEqual(convertedOf(checked), {
    asyncapi: "2.0.0",
    info,
    servers: {
      default: {
        url: "broker.example.com",
        protocol: "amqp",
        protocolVersion: "0.9.1",
        security: [{ apiKey: [] }],
      },
      server1: { url: "other.example.com", protocol: "mqtt", security: [{ apiKey: [] }] },
    },
    channels: {
      "shop/order/{id}/created": {
        parameters: {
          id: { schema: { type: "string" } },
          region: { $ref: "#/components/parameters/region" },
        },
        publish: {
          message: {
            headers: { type: "object", properties: { trace: { type: "string" } } },
            payload: { type: "object" },
          },
        },
        subscribe: {
          message: {
            oneOf: [
              { $ref: "#/components/messages/created" },
              { summary: "Other", examples: [{ payload: 1 }] },
            ],
          },
        },
      },
    },
    components: {
      messages: {
        created: { headers: { type: "object", properties: {} }, payload: { type: "string", enum: ["a"] } },
      },
      parameters: { region: { schema: { type: "string" } } },
      securitySchemes: { apiKey: { type: "apiKey", in: "user" } },
    },
  });
  assert.equal(checked.converted?.fileName, "asyncApiSpec.json");
  assert.deepEqual(said(checked), [
    "info :? AsyncAPI 1.2.0 was converted to 2.0.0; paths are those of the result.",
  ]);
  assert.deepEqual([checked.version, checked.outcome.phase], ["1.2.0", "Ready"]);
});

test("asyncapi - streams and events of 1.x go to the channel /", () => {
  const first = { payload: { type: "string" } };
  const second = { payload: { type: "number" } };
  const stream = checkAs("asyncapi", "a.json", {
    asyncapi: "1.1.0",
    info,
    stream: { read: [first], write: [first, second] },
  });
  assert.deepEqual(convertedOf(stream), {
    asyncapi: "2.0.0",
    info,
    channels: { "/": { subscribe: { message: first }, publish: { message: { oneOf: [first, second] } } } },
  });
  const events = checkAs("asyncapi", "a.json", {
    asyncapi: "1.0.0",
    info,
    events: { receive: [first, second], send: [second] },
  });
  assert.deepEqual(convertedOf(events), {
    asyncapi: "2.0.0",
    info,
    channels: { "/": { subscribe: { message: { oneOf: [first, second] } }, publish: { message: second } } },
  });
  assert.deepEqual([stream.outcome.phase, events.outcome.phase], ["Ready", "Ready"]);
});

for (const version of ["2.0.0", "2.3.0", "2.6.0"]) {
  test(`asyncapi - references of ${version} are in order wherever the specification allows them`, () => {
    const parameters = { region: { $ref: "#/components/parameters/region" } };
    const document = {
      asyncapi: version,
      info,
      channels: {
        "order/{region}": { parameters, subscribe: { message: { $ref: "#/components/messages/created" } } },
      },
      components: {
        parameters: { region: { schema: { $ref: "#/components/schemas/name" } } },
        messages: { created: { payload: { $ref: "#/components/schemas/name" } } },
        schemas: { name: { type: "string" } },
      },
    };
    assert.deepEqual(said(checkAs("asyncapi", "a.json", document)), []);
  });
}

test("asyncapi - what is wrong with a converted document is said of the converted one", () => {
  const checked = checkAs("asyncapi", "a.json", { asyncapi: "1.0.0", info, topics: {}, surprise: 1 });
  assert.deepEqual(said(checked).slice(0, 1), ["error /surprise:? This property is not known here."]);
  assert.equal(checked.outcome.reason, "ValidationFailed");
  assert.ok(checked.converted);
});

test("asyncapi - topics named like inherited keys stay topics", () => {
  const text = `{"asyncapi":"1.2.0","info":{"title":"a","version":"1"},"topics":{"__proto__":{"publish":{"payload":{"type":"string"}}}}}`;
  const { channels } = convertedOf(checkAs("asyncapi", "a.json", text)) as { channels: object };
  assert.deepEqual(Object.keys(channels), ["__proto__"]);
});
