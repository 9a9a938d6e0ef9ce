import { test } from "node:test";
import { deepEqual } from "node:assert/strict";
import {
  flag,
  listOf,
  mapOf,
  nullable,
  object,
  oneOf,
  optional,
  text,
  wholeNumber,
} from "../../../src/core/resources/schema.ts";

test("schema - the builders make plain JSON Schema that Kubernetes takes as structural", () => {
  const schema = object(
    {
      name: text({ maxLength: 5, description: "A name." }),
      on: optional(flag({ default: true })),
      count: optional(nullable(wholeNumber({ minimum: 1 }))),
      word: oneOf(["a", "b"]),
      items: optional(listOf(object({ id: optional(text()) }))),
      labels: optional(nullable(mapOf(text()))),
    },
    { description: "A thing." },
  );
  deepEqual(JSON.parse(JSON.stringify(schema)), {
    type: "object",
    description: "A thing.",
    required: ["name", "word"],
    properties: {
      name: { type: "string", maxLength: 5, description: "A name." },
      on: { type: "boolean", default: true },
      count: { type: "integer", minimum: 1, nullable: true },
      word: { type: "string", enum: ["a", "b"] },
      items: { type: "array", items: { type: "object", properties: { id: { type: "string" } } } },
      labels: { type: "object", additionalProperties: { type: "string" }, nullable: true },
    },
  });
});
