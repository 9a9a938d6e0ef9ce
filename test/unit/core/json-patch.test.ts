import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonPatch } from "../../../src/core/resources/json-patch.ts";

/** Target and patch as JSON text, so that every key is data. */
function patched(target: string, patch: string): unknown {
  const result = jsonPatch(JSON.parse(target), JSON.parse(patch));
  return result.kind === "patched" ? JSON.stringify(result.value) : `${result.kind}: ${result.problem}`;
}

test("json patch - every operation does what RFC 6902 appendix A shows", () => {
  const cases: [target: string, patch: string, expected: string][] = [
    ['{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux"}]', '{"foo":"bar","baz":"qux"}'],
    ['{"foo":["a","c"]}', '[{"op":"add","path":"/foo/1","value":"b"}]', '{"foo":["a","b","c"]}'],
    ['{"foo":["a"]}', '[{"op":"add","path":"/foo/-","value":["b"]}]', '{"foo":["a",["b"]]}'],
    ['{"baz":"q","foo":"bar"}', '[{"op":"remove","path":"/baz"}]', '{"foo":"bar"}'],
    ['{"foo":["a","b","c"]}', '[{"op":"remove","path":"/foo/1"}]', '{"foo":["a","c"]}'],
    ['{"baz":"q"}', '[{"op":"replace","path":"/baz","value":{"a":null}}]', '{"baz":{"a":null}}'],
    [
      '{"foo":{"bar":1,"waldo":2},"qux":{}}',
      '[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]',
      '{"foo":{"bar":1},"qux":{"thud":2}}',
    ],
    ['{"foo":[1,2,3]}', '[{"op":"move","from":"/foo/0","path":"/foo/2"}]', '{"foo":[2,3,1]}'],
    ['{"a":{"b":[1]}}', '[{"op":"copy","from":"/a","path":"/c"}]', '{"a":{"b":[1]},"c":{"b":[1]}}'],
    ['{"a":{"b":[1,{}]}}', '[{"op":"test","path":"/a","value":{"b":[1,{}]}}]', '{"a":{"b":[1,{}]}}'],
    ['{"/":9,"~1":10}', '[{"op":"test","path":"/~01","value":10}]', '{"/":9,"~1":10}'],
    ['{"a/b":1}', '[{"op":"replace","path":"/a~1b","value":2}]', '{"a/b":2}'],
    ['{"foo":1}', '[{"op":"add","path":"","value":{"bar":2}}]', '{"bar":2}'],
    ['{"foo":{"a":1}}', '[{"op":"move","from":"/foo","path":""}]', '{"a":1}'],
    ['{"a":null}', '[{"op":"test","path":"/a","value":null,"ignored":true}]', '{"a":null}'],
    ['{"":{"":1}}', '[{"op":"remove","path":"//"}]', '{"":{}}'],
  ];
  for (const [target, patch, expected] of cases) equal(patched(target, patch), expected, patch);
});

test("json patch - what cannot be done is named by number and path, and no value is quoted", () => {
  const cases: [patch: string, problem: RegExp][] = [
    ['[{"op":"test","path":"/a","value":"hunter2"}]', /^failed: operation 1 \(test \/a\): .*another one$/],
    ['[{"op":"test","path":"/a","value":"1"}]', /another one$/],
    ['[{"op":"test","path":"/a"}]', /there is no value$/],
    ['[{"op":"remove","path":"/x"}]', /operation 1 \(remove \/x\): the path does not exist$/],
    [
      '[{"op":"remove","path":"/b/0"},{"op":"remove","path":"/b/0"}]',
      /operation 2 .*the path does not exist$/,
    ],
    ['[{"op":"replace","path":"/x/y","value":1}]', /does not exist$/],
    ['[{"op":"test","path":"/x/y","value":null}]', /does not exist$/],
    ['[{"op":"test","path":"/b/1","value":null}]', /does not exist$/],
    ['[{"op":"test","path":"/constructor","value":1}]', /another one$/],
    ['[{"op":"replace","path":"/b/-","value":1}]', /does not exist$/],
    ['[{"op":"add","path":"/x/y","value":1}]', /does not exist$/],
    ['[{"op":"add","path":"/b/2","value":1}]', /does not exist$/],
    ['[{"op":"add","path":"/b/01","value":1}]', /does not exist$/],
    ['[{"op":"add","path":"/b/-1","value":1}]', /does not exist$/],
    ['[{"op":"add","path":"/a/b","value":1}]', /does not exist$/],
    ['[{"op":"add","path":"/x"}]', /there is no value$/],
    ['[{"op":"add","path":"x","value":"hunter2"}]', /"path" is no JSON pointer$/],
    ['[{"op":"add","path":"/~2","value":1}]', /"path" is no JSON pointer$/],
    ['[{"op":"add","value":1}]', /^failed: operation 1: "path" is no JSON pointer$/],
    ['[{"op":"move","path":"/c"}]', /"from" is no JSON pointer$/],
    ['[{"op":"move","from":"/b","path":"/b/0"}]', /moved into itself$/],
    ['[{"op":"copy","from":"/constructor","path":"/c"}]', /does not exist$/],
    ['[{"op":"remove","path":""}]', /whole object cannot be removed$/],
    ['[{"op":"hunter2","path":"/a"}]', /^failed: operation 1: there is no such operation$/],
    ['[{"path":"/a"}]', /no such operation$/],
    ['{"op":"remove","path":"/a"}', /^unreadable: /],
    ["[7]", /^unreadable: /],
    ['[{"op":"remove","path":"/a"},{"op":"remove","path":7}]', /^unreadable: .*are texts$/],
  ];
  for (const [patch, problem] of cases) {
    const answer = String(patched('{"a":1,"b":[0]}', patch));
    match(answer, problem, patch);
    equal(answer.includes("hunter2"), false);
  }
});

test("json patch - a member that is not there can be replaced, and is null to a test, as in a cluster", () => {
  equal(patched('{"a":{}}', '[{"op":"replace","path":"/a/b","value":1}]'), '{"a":{"b":1}}');
  equal(patched('{"a":{}}', '[{"op":"test","path":"/a/b","value":null}]'), '{"a":{}}');
  equal(patched('{"a":{}}', '[{"op":"test","path":"/a/toString","value":null}]'), '{"a":{}}');
});

test("json patch - a long path is cut in the message", () => {
  const answer = String(patched("{}", JSON.stringify([{ op: "remove", path: `/${"x".repeat(100_000)}` }])));
  equal(answer.length < 400, true);
});

test("json patch - __proto__ and constructor are keys like any other", () => {
  const add = '[{"op":"add","path":"/__proto__","value":{"polluted":1}}]';
  equal(patched("{}", add), '{"__proto__":{"polluted":1}}');
  equal(patched('{"__proto__":{"a":1}}', '[{"op":"remove","path":"/__proto__/a"}]'), '{"__proto__":{}}');
  equal(patched('{"__proto__":1}', '[{"op":"remove","path":"/__proto__"}]'), "{}");
  match(String(patched("{}", '[{"op":"add","path":"/constructor/prototype/x","value":1}]')), /^failed/);
  equal(({} as { polluted?: number }).polluted, undefined);
});

test("json patch - more than 10 000 operations, and more than 3 MiB of copies, are refused", () => {
  const operations = (count: number) =>
    JSON.stringify(Array.from({ length: count }, () => ({ op: "test", path: "", value: {} })));
  equal(patched("{}", operations(10_000)), "{}");
  match(String(patched("{}", operations(10_001))), /^too-large: .* is 10000, got 10001$/);
  // Each copies what all before it have made: 2^40 bytes.
  const doubling = Array.from({ length: 40 }, (_, index) => ({
    op: "copy",
    from: "/a",
    path: `/a/${index}`,
  }));
  match(String(patched('{"a":{"x":1}}', JSON.stringify(doubling))), /^too-large: .*3145728 bytes/);
});

test("json patch - adding every member of an object to an empty one makes the same object", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const json = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
      const patch = Object.entries(json).map(([key, value]) => ({
        op: "add",
        path: `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        value,
      }));
      const result = jsonPatch({}, JSON.parse(JSON.stringify(patch)));
      equal(result.kind, "patched");
      if (result.kind === "patched")
        deepEqual(JSON.parse(JSON.stringify(result.value)), JSON.parse(JSON.stringify(json)));
    }),
  );
});
