import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { ValidateFunction } from "ajv";
import fc from "fast-check";
import { isPlainObject } from "../../../../src/core/plain-object.ts";
import { SureSchemas } from "../../../../src/documents/check/sure/sure-schemas.ts";
import type { SureSchema } from "../../../../src/documents/check/sure/sure-schema.ts";
import { openApiSamples } from "./openapi-samples.ts";

const validators = new Validator() as unknown as { getAjvValidator(version: string): ValidateFunction };

function sureOf(version: string): SureSchema {
  const url = import.meta.resolve(`@seriousme/openapi-schema-validator/schemas/v${version}/schema.json`);
  const schema: unknown = JSON.parse(readFileSync(fileURLToPath(url), "utf8"));
  return new SureSchemas(schema).of(schema);
}

type Container = Record<string, unknown>;

/** Every object and list in it. */
function containersIn(value: unknown): readonly Container[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Container, ...Object.values(value).flatMap(containersIn)];
}

/** Values that are of a wrong type, or too few, or too many. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  "",
  "x",
  "^(",
  "a b",
  "#/a",
  {},
  [],
  [{}],
  ["a", "a"],
];
const ODD_KEYS = [
  "$ref",
  "x-y",
  "/p",
  "default",
  "200",
  "type",
  "in",
  "content",
  "schema",
  "style",
  "__proto__",
  "?",
];

interface Change {
  readonly place: number;
  readonly member: number;
  readonly kind: "remove" | "replace" | "add" | "move";
  readonly other: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  member: fc.nat(),
  kind: fc.constantFrom("remove", "replace", "add", "move"),
  other: fc.nat(),
});

function pick<Item>(list: readonly Item[], place: number): Item | undefined {
  return list[place % Math.max(1, list.length)];
}

/** Changes the document at one place. */
function apply(document: object, { place, member, kind, other }: Change): void {
  const containers = containersIn(document);
  const container = pick(containers, place) ?? {};
  const old = pick(Object.keys(container), member) ?? "x";
  if (kind === "remove") {
    Reflect.deleteProperty(container, old);
    return;
  }
  const keys = [...ODD_KEYS, ...containers.filter(isPlainObject).flatMap(Object.keys)];
  const added = Array.isArray(container) ? String(container.length) : (pick(keys, member) ?? "x");
  const known = kind === "move" ? containers.flatMap((one) => Object.values(one)) : [];
  const value = structuredClone(pick([...ODD, ...known], other));
  // An assignment to `__proto__` would be another thing.
  const all = { enumerable: true, configurable: true, writable: true };
  Object.defineProperty(container, kind === "add" ? added : old, { ...all, value });
}

for (const [version, sample] of openApiSamples) {
  const sure = sureOf(version);
  const validate = validators.getAjvValidator(version);

  test(`sure schemas - a document of OpenAPI ${version} is known without the validator`, () => {
    assert.equal(validate(sample), true, JSON.stringify(validate.errors));
    assert.equal(sure.accepts(sample), true);
  });

  test(`sure schemas - what is accepted of OpenAPI ${version} is valid, whatever was changed`, () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const document = structuredClone(sample);
        for (const one of changes) apply(document, one);
        const isValid = validate(document);
        if (sure.accepts(document)) {
          accepted++;
          assert.ok(isValid, JSON.stringify(validate.errors));
        }
        if (sure.rejects(document)) assert.ok(!isValid);
        if (!isValid) refused++;
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted > 0 && refused > 0);
  });
}
