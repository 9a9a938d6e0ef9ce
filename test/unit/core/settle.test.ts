import { test } from "node:test";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { decodeProblem } from "../../../src/core/resources/decode-problem.ts";
import { fillDefaults } from "../../../src/core/resources/fill-defaults.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import { kinds } from "../../../src/core/resources/kinds.ts";
import { metadataSchema, objectSchema } from "../../../src/core/resources/object-schema.ts";
import { pruneUnknown } from "../../../src/core/resources/prune.ts";
import { schemaCauses } from "../../../src/core/resources/schema-causes.ts";
import { settle, UNFIT } from "../../../src/core/resources/settle.ts";
import type { StructuralSchema } from "../../../src/core/resources/structural-schema.ts";
import { subscriptionKind } from "../../../src/core/resources/subscription.ts";

type Json = Record<string, unknown>;

/** Values that mostly fit a schema. */
function fitting(schema: StructuralSchema): fc.Arbitrary<unknown> {
  const value = typed(schema);
  const odd = fc.constantFrom<unknown>(null, 7, 1.5, "", "text", true, [], {}, [null], { a: null });
  return fc.oneof({ arbitrary: value, weight: 30 }, { arbitrary: odd, weight: 1 });
}

function typed(schema: StructuralSchema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.format === "date-time") return fc.constant("2026-01-02T03:04:05Z");
  if (schema.format === "byte") return fc.constantFrom("aGk=", "", "a\nGk=", "a");
  if (schema.type === "string") return fc.constantFrom("a", "name-1", "", "Ä", "x".repeat(300));
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer") return fc.constantFrom(0, 1, 80, -5, 70_000);
  if (schema.type === "array")
    return fc.array(schema.items ? fitting(schema.items) : fc.constant(1), { maxLength: 3 });
  return object(schema);
}

function object(schema: StructuralSchema): fc.Arbitrary<unknown> {
  const declared = Object.entries(schema.properties ?? {});
  const required = declared.map(([key]) => key).filter((key) => schema.required?.includes(key));
  const members = Object.fromEntries(declared.map(([key, inner]) => [key, fitting(inner)]));
  const record = fc.record(members, { requiredKeys: required, noNullPrototype: true });
  const key = fc.constantFrom("unknown", "__proto__", "constructor", "a");
  const others = fc.dictionary(key, fitting(schema.additionalProperties ?? { type: "string" }), {
    maxKeys: 2,
  });
  return fc
    .tuple(record, fc.oneof({ arbitrary: fc.constant({}), weight: 4 }, { arbitrary: others, weight: 1 }))
    .map(([known, more]) => Object.fromEntries([...Object.entries(known), ...Object.entries(more)]));
}

/** What admission makes of it step by step; undefined where something is wrong with it. */
function stepByStep(kind: Kind, sent: unknown): unknown {
  const pruned = pruneUnknown(kind, sent).value;
  const filled = fillDefaults(objectSchema(kind), pruned, kind.custom ? "as-is" : "typed") as Json;
  filled["metadata"] = fillDefaults(metadataSchema, (pruned as Json)["metadata"] ?? {}, "typed");
  if (decodeProblem(kind, filled) !== undefined) return undefined;
  return schemaCauses(objectSchema(kind), filled).length > 0 ? undefined : filled;
}

for (const kind of kinds) {
  test(`settle - an object of kind ${kind.kind} is what admission makes of it step by step, or is left to that`, () => {
    let settledOnes = 0;
    fc.assert(
      fc.property(object(objectSchema(kind)), (sent) => {
        const text = JSON.stringify(sent);
        const settled = settle(kind, JSON.parse(text));
        if (settled === UNFIT) return;
        settledOnes++;
        deepEqual(JSON.stringify(settled), JSON.stringify(stepByStep(kind, JSON.parse(text))));
      }),
      { numRuns: 300 },
    );
    ok(settledOnes > 0);
  });
}

const service = (more: Json = {}) => ({
  id: "1",
  name: "n",
  displayName: "d",
  providerDisplayName: "p",
  description: "x",
  entries: [{ type: "API", targetUrl: "http://t.example", encodeUrl: true }],
  ...more,
});

function application(services: readonly Json[]): Json {
  const metadata = { name: "shop" };
  const spec = { services, ...(decodedSpec() as Json) };
  return { metadata, spec };
}

/** The defaults of a spec, so that nothing is to be filled in. */
function decodedSpec(): unknown {
  const { services: _services, ...defaults } = (settle(applicationKind, { metadata: {}, spec: {} }) as Json)[
    "spec"
  ] as Json;
  return defaults;
}

test("settle - an object with nothing to settle is given as it is", () => {
  const sent = settle(applicationKind, application([service()]));
  notEqual(sent, UNFIT);
  equal(settle(applicationKind, sent), sent);
});

test("settle - what does not change is shared with the object that was sent", () => {
  const first = ((settle(applicationKind, application([service()])) as Json)["spec"] as Json)["services"];
  const known = (first as Json[])[0] as Json;
  const sent = application([known, service({ id: "2", unknown: 1 })]);
  const settled = settle(applicationKind, sent) as Json;
  const services = (settled["spec"] as Json)["services"] as Json[];
  equal(services[0], known);
  equal("unknown" in (services[1] ?? {}), false);
  equal("unknown" in ((sent["spec"] as { services: Json[] }).services[1] ?? {}), true);
});

test("settle - a default that is a map is a map of each object's own", () => {
  const subscription = () => ({ metadata: { name: "s" }, spec: { sink: "s", source: "a", types: [] } });
  const config = (settled: unknown) => (settled as { spec: { config: object } }).spec.config;
  const [first, second] = [
    settle(subscriptionKind, subscription()),
    settle(subscriptionKind, subscription()),
  ];
  deepEqual(config(first), { maxInFlightMessages: "10" });
  notEqual(config(first), config(second));
  const schema = objectSchema(subscriptionKind);
  const [filled, other] = [0, 1].map(() => fillDefaults(schema, subscription(), "as-is"));
  deepEqual(config(filled), { maxInFlightMessages: "10" });
  notEqual(config(filled), config(other));
});
