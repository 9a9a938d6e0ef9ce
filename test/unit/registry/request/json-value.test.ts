import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkJson } from "../../../../src/registry/request/check-json.ts";
import { compactJson, JsonValue } from "../../../../src/registry/request/json-value.ts";

/** A JSON text in two spellings that differ in white space alone. */
interface Spelling {
  readonly loose: string;
  readonly compact: string;
}

const space = fc.string({ unit: fc.constantFrom(" ", "\t", "\r", "\n"), maxLength: 3 });
const numbers = ["0", "-0", "1.0", "1.50", "1e2", "1E+02", "-12.5e-3", "12345678901234567890", "1e400"];
const strings = [
  '""',
  '" a  b "',
  '"\\" \\\\"',
  '"\\\\"',
  '"\\u0041\\/"',
  '"{ [ , : ] }"',
  '"\\ud800"',
  '"é 😀"',
];
const scalar = fc
  .oneof(
    fc.constantFrom("true", "false", "null", ...numbers, ...strings),
    fc.string().map((text) => JSON.stringify(text)),
  )
  .map((text): Spelling => ({ loose: text, compact: text }));

/** Keys repeat, for there are few of them. */
const key = fc.constantFrom('"a"', '"A"', '"\\u0061"', '"__proto__"', '" "', '""');

const { value } = fc.letrec<{ value: Spelling }>((tie) => ({
  value: fc.oneof({ maxDepth: 5, withCrossShrink: true }, scalar, list(tie("value")), object(tie("value"))),
}));

function list(item: fc.Arbitrary<Spelling>): fc.Arbitrary<Spelling> {
  return fc.array(fc.tuple(space, item, space), { maxLength: 4 }).chain((items) =>
    space.map((inner) => ({
      loose: `[${items.length === 0 ? inner : items.map(([a, { loose }, b]) => a + loose + b).join(",")}]`,
      compact: `[${items.map(([, { compact }]) => compact).join(",")}]`,
    })),
  );
}

function object(member: fc.Arbitrary<Spelling>): fc.Arbitrary<Spelling> {
  const members = fc.array(fc.tuple(space, key, space, space, member, space), { maxLength: 4 });
  return fc.tuple(members, space).map(([found, inner]) => ({
    loose: `{${found.length === 0 ? inner : found.map(([a, name, b, c, { loose }, d]) => `${a}${name}${b}:${c}${loose}${d}`).join(",")}}`,
    compact: `{${found.map(([, name, , , { compact }]) => `${name}:${compact}`).join(",")}}`,
  }));
}

test("JSON compaction - only white space between tokens goes; every spelling, order and duplicate stays", () => {
  const property = fc.property(space, value, space, (before, { loose, compact }, after) => {
    const text = before + loose + after;
    assert.equal(compactJson(text), compact);
    assert.equal(new JsonValue(text).compact(), compact);
    assert.deepEqual(JSON.parse(compact), JSON.parse(text));
  });
  fc.assert(property, { numRuns: 2000 });
});

test("JSON compaction - a text that is compact already stays as it is", () => {
  fc.assert(fc.property(fc.json(), (text) => assert.equal(compactJson(text), text)));
});

test("JSON value - members and items are found in the order of the text", () => {
  const property = fc.property(value, ({ loose, compact }) => {
    checkJson(loose);
    assert.equal(rebuilt(new JsonValue(loose)), compact.replaceAll('"\\u0061":', '"a":'));
  });
  fc.assert(property, { numRuns: 1000 });
});

/** Written again from what the walk finds; keys as they are read. */
function rebuilt(found: JsonValue): string {
  if (found.kind === "array") return `[${Array.from(found.items(), rebuilt).join(",")}]`;
  if (found.kind !== "object") return found.compact();
  const members = Array.from(
    found.members(),
    ([name, member]) => `${JSON.stringify(name)}:${rebuilt(member)}`,
  );
  return `{${members.join(",")}}`;
}

test("JSON value - its end is the same whether its parts were walked or not", () => {
  const property = fc.property(value, space, ({ loose }, after) => {
    const walked = new JsonValue(loose + after);
    rebuilt(walked);
    assert.equal(walked.end, loose.length);
    assert.equal(new JsonValue(loose + after).end, loose.length);
  });
  fc.assert(property, { numRuns: 1000 });
});

test("JSON value - its kind has the name that Go gives it", () => {
  const kinds = ["{}", "[]", '""', "-1", "0", "true", "false", "null"].map(
    (text) => new JsonValue(` ${text}`).kind,
  );
  assert.deepEqual(kinds, ["object", "array", "string", "number", "number", "bool", "bool", "null"]);
});

test("JSON value - a string is read as UTF-8 could store it", () => {
  assert.equal(new JsonValue('"\\ud83d\\ude00 \\ud800 \\u0000"').string(), "😀 \uFFFD \u0000");
});

test("JSON value - backslashes without end before a quote take linear time", { timeout: 20_000 }, () => {
  const text = `["${"\\\\".repeat(1_000_000)}","${'\\"'.repeat(1_000_000)}"]`;
  assert.equal(compactJson(text), text);
  assert.equal(Array.from(new JsonValue(text).items()).length, 2);
});
