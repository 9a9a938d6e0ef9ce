import { test } from "node:test";
import { assertChanges, body, GET, post, POST, withResponses, type Json } from "./compare-as.ts";

const order = {
  type: "object",
  properties: { id: { type: "string" }, note: { type: "string" } },
  required: ["id"],
};

/** Of a schema, what it means in a request and in an answer. */
const schemas: readonly {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly components?: Json;
}[] = [
  { name: "the same", before: order, after: order, input: [], output: [] },
  {
    name: "a property is gone",
    before: order,
    after: { ...order, properties: { id: { type: "string" } } },
    input: ["compatible property-removed /properties/note"],
    output: ["breaking property-removed /properties/note"],
  },
  {
    name: "a property is gone where no others are taken",
    before: { ...order, additionalProperties: false },
    after: { ...order, properties: { id: { type: "string" } }, additionalProperties: false },
    input: ["breaking property-removed /properties/note"],
    output: ["breaking property-removed /properties/note"],
  },
  {
    name: "an optional property is new",
    before: order,
    after: { ...order, properties: { ...order.properties, at: { type: "string" } } },
    input: ["compatible property-added /properties/at"],
    output: ["compatible property-added /properties/at"],
  },
  {
    name: "a property becomes required",
    before: order,
    after: { ...order, required: ["id", "note"] },
    input: ["breaking property-newly-required /properties/note"],
    output: ["compatible property-newly-required /properties/note"],
  },
  {
    name: "a property becomes optional",
    before: order,
    after: { ...order, required: [] },
    input: ["compatible property-now-optional /properties/id"],
    output: ["breaking property-now-optional /properties/id"],
  },
  {
    name: "other properties are not taken any more",
    before: order,
    after: { ...order, additionalProperties: false },
    input: ["breaking properties-closed /additionalProperties"],
    output: ["compatible properties-closed /additionalProperties"],
  },
  {
    name: "a type changes",
    before: { type: "string" },
    after: { type: "boolean" },
    input: ["breaking type-changed "],
    output: ["breaking type-changed "],
  },
  {
    name: "integers become numbers",
    before: { type: "integer" },
    after: { type: "number" },
    input: ["compatible type-changed "],
    output: ["breaking type-changed "],
  },
  {
    name: "null is possible",
    before: { type: "string" },
    after: { type: "string", nullable: true },
    input: ["compatible type-changed "],
    output: ["breaking type-changed "],
  },
  {
    name: "null is possible, in the words of 3.1",
    before: { type: ["string"] },
    after: { type: ["string", "null"] },
    input: ["compatible type-changed "],
    output: ["breaking type-changed "],
  },
  {
    name: "an enum is narrowed",
    before: { type: "string", enum: ["a", "b", "c"] },
    after: { type: "string", enum: ["c", "a"] },
    input: ["breaking enum-narrowed "],
    output: ["compatible enum-narrowed "],
  },
  {
    name: "an enum is widened",
    before: { type: "string", enum: ["a"] },
    after: { type: "string", enum: ["a", "b"] },
    input: ["compatible enum-widened "],
    output: ["breaking enum-widened "],
  },
  {
    name: "an enum is new",
    before: { type: "string" },
    after: { type: "string", enum: ["a"] },
    input: ["breaking enum-narrowed "],
    output: ["compatible enum-narrowed "],
  },
  {
    name: "a constant is another one",
    before: { const: 1 },
    after: { const: 2 },
    input: ["breaking enum-narrowed ", "compatible enum-widened "],
    output: ["breaking enum-widened ", "compatible enum-narrowed "],
  },
  {
    name: "bounds become tighter and looser",
    before: { type: "string", maxLength: 10, minLength: 1 },
    after: { type: "string", maxLength: 5, minLength: 0 },
    input: ["breaking maxLength-changed ", "compatible minLength-changed "],
    output: ["compatible maxLength-changed ", "breaking minLength-changed "],
  },
  {
    name: "a bound is gone",
    before: { type: "array", items: {}, maxItems: 10 },
    after: { type: "array", items: {} },
    input: ["compatible maxItems-changed "],
    output: ["breaking maxItems-changed "],
  },
  {
    name: "a bound that is no value itself is written as 3.1 writes it",
    before: { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
    after: { type: "number", exclusiveMinimum: 0, maximum: 9 },
    input: [],
    output: [],
  },
  {
    name: "a bound is no value itself any more",
    before: { type: "number", minimum: 0 },
    after: { type: "number", minimum: 0, exclusiveMinimum: true },
    input: ["breaking exclusiveMinimum-changed ", "compatible minimum-changed "],
    output: ["compatible exclusiveMinimum-changed ", "breaking minimum-changed "],
  },
  {
    name: "there are more multiples",
    before: { type: "integer", multipleOf: 10 },
    after: { type: "integer", multipleOf: 5 },
    input: ["compatible multipleOf-changed "],
    output: ["breaking multipleOf-changed "],
  },
  {
    name: "what is taken where nothing is sent changes",
    before: { type: "integer", default: 20 },
    after: { type: "integer", default: 50 },
    input: ["compatible default-changed "],
    output: ["compatible default-changed "],
  },
  {
    name: "what may not be is new",
    before: { type: "string" },
    after: { type: "string", not: { enum: ["a"] } },
    input: ["breaking not-changed "],
    output: ["compatible not-changed "],
  },
  {
    name: "the same value has another name in XML",
    before: { type: "string", xml: { name: "a" } },
    after: { type: "string", xml: { name: "b" } },
    input: ["breaking xml-changed "],
    output: ["breaking xml-changed "],
  },
  {
    name: "alternatives are told apart by another property",
    before: { type: "object", discriminator: { propertyName: "kind" } },
    after: { type: "object", discriminator: { propertyName: "type" } },
    input: ["breaking discriminator-changed "],
    output: ["breaking discriminator-changed "],
  },
  {
    name: "a name of an alternative is new",
    before: { type: "object", discriminator: { propertyName: "kind", mapping: { a: "A" } } },
    after: { type: "object", discriminator: { propertyName: "kind", mapping: { b: "B", a: "A" } } },
    input: ["compatible discriminator-changed "],
    output: ["compatible discriminator-changed "],
  },
  {
    name: "items of a list are described",
    before: { type: "array" },
    after: { type: "array", items: { type: "string" } },
    input: ["breaking type-changed /items"],
    output: ["compatible type-changed /items"],
  },
  {
    name: "other properties are described",
    before: { type: "object" },
    after: { type: "object", additionalProperties: { type: "string" } },
    input: ["breaking type-changed /additionalProperties"],
    output: ["compatible type-changed /additionalProperties"],
  },
  {
    name: "a part says more of a property that another part has",
    before: order,
    after: { allOf: [order, { properties: { note: { maxLength: 3 } } }] },
    input: ["breaking maxLength-changed /properties/note"],
    output: ["compatible maxLength-changed /properties/note"],
  },
  {
    name: "the tighter of two bounds counts, whatever their order",
    before: { type: "string", maxLength: 3 },
    after: { type: "string", allOf: [{ maxLength: 3 }, { maxLength: 9 }] },
    input: [],
    output: [],
  },
  {
    name: "parts that lead back to the whole end",
    before: { $ref: "#/components/schemas/Loop" },
    after: { $ref: "#/components/schemas/Loop", description: "again" },
    input: [],
    output: [],
    components: {
      Loop: { allOf: [{ $ref: "#/components/schemas/One" }, { $ref: "#/components/schemas/Two" }] },
      One: { type: "object", properties: { self: { $ref: "#/components/schemas/Loop" } } },
      Two: {
        type: "object",
        properties: { self: { description: "x", allOf: [{ $ref: "#/components/schemas/Loop" }] } },
      },
    },
  },
  {
    name: "a pattern is new",
    before: { type: "string" },
    after: { type: "string", pattern: "^a" },
    input: ["breaking pattern-changed "],
    output: ["compatible pattern-changed "],
  },
  {
    name: "a length of at least nothing is new",
    before: { type: "string" },
    after: { type: "string", minLength: 0 },
    input: ["compatible minLength-changed "],
    output: ["compatible minLength-changed "],
  },
  {
    name: "a format is another one",
    before: { type: "string", format: "date" },
    after: { type: "string", format: "date-time" },
    input: ["breaking format-changed "],
    output: ["breaking format-changed "],
  },
  {
    name: "integers may be longer",
    before: { type: "integer", format: "int32" },
    after: { type: "integer", format: "int64" },
    input: ["compatible format-changed "],
    output: ["breaking format-changed "],
  },
  {
    name: "the items of a list change",
    before: { type: "array", items: { type: "string" } },
    after: { type: "array", items: { type: "number" } },
    input: ["breaking type-changed /items"],
    output: ["breaking type-changed /items"],
  },
  {
    name: "the values of a map change",
    before: { type: "object", additionalProperties: { type: "string" } },
    after: { type: "object", additionalProperties: { type: "number" } },
    input: ["breaking type-changed /additionalProperties"],
    output: ["breaking type-changed /additionalProperties"],
  },
  {
    name: "parts are put together",
    before: order,
    after: {
      allOf: [
        { $ref: "#/components/schemas/Part" },
        { properties: { id: { type: "string" } }, required: ["id"] },
      ],
    },
    input: [],
    output: [],
    components: { Part: { type: "object", properties: { note: { type: "string" } } } },
  },
  {
    name: "what only answers have is none of a request's, and the other way round",
    before: order,
    after: {
      ...order,
      properties: {
        ...order.properties,
        at: { type: "string", readOnly: true },
        pin: { type: "string", writeOnly: true },
      },
      required: ["id", "at", "pin"],
    },
    input: ["breaking property-newly-required /properties/pin", "compatible property-added /properties/pin"],
    output: ["compatible property-added /properties/at", "compatible property-newly-required /properties/at"],
  },
  {
    name: "an alternative is gone",
    before: { oneOf: [{ $ref: "#/components/schemas/A" }, { $ref: "#/components/schemas/B" }] },
    after: { oneOf: [{ $ref: "#/components/schemas/B" }] },
    input: ["breaking alternative-removed "],
    output: ["compatible alternative-removed "],
    components: { A: { type: "string" }, B: { type: "number" } },
  },
  {
    name: "an alternative is new",
    before: { anyOf: [{ type: "string" }] },
    after: { anyOf: [{ type: "number" }, { type: "string" }] },
    input: ["compatible alternative-added "],
    output: ["breaking alternative-added "],
  },
  {
    name: "an alternative changes",
    before: { oneOf: [{ type: "string" }, { type: "number", maximum: 5 }] },
    after: { oneOf: [{ type: "string" }, { type: "number", maximum: 4 }] },
    input: ["breaking maximum-changed "],
    output: ["compatible maximum-changed "],
  },
  {
    name: "a schema becomes one of a choice of itself and another",
    before: { $ref: "#/components/schemas/Any" },
    after: { oneOf: [{ $ref: "#/components/schemas/Any" }, { type: "string" }] },
    input: ["compatible alternative-added "],
    output: ["breaking alternative-added "],
    components: { Any: {} },
  },
  {
    name: "anything becomes a choice",
    before: {},
    after: { oneOf: [{ type: "string" }, { type: "number" }] },
    input: ["breaking alternative-removed "],
    output: ["compatible alternative-removed "],
  },
];

for (const { name, before, after, input, output, components = {} } of schemas) {
  const at = (path: string) => (change: string) => {
    const [severity, kind, rest = ""] = change.split(" ");
    return `${severity} ${kind} ${path}${rest}`;
  };
  const withSchemas = (document: Json) => ({ ...document, components: { schemas: components } });
  test(`comparison of schemas - in a request: ${name}`, () => {
    const path = `${POST}/requestBody/content/application~1json/schema`;
    const [from, to] = [post(body(before)), post(body(after))].map(withSchemas);
    assertChanges({ name, before: from!, after: to!, changes: input.map(at(path)) });
  });
  test(`comparison of schemas - in an answer: ${name}`, () => {
    const path = `${GET}/responses/200/content/application~1json/schema`;
    const answer = (schema: Json) =>
      withSchemas(withResponses({ 200: { description: "fine", ...body(schema) } }));
    assertChanges({ name, before: answer(before), after: answer(after), changes: output.map(at(path)) });
  });
}
