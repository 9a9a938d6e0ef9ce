import assert from "node:assert/strict";
import { test } from "node:test";
import { parseManifests } from "../../../src/cli/manifests/parse-manifests.ts";

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";

test("manifests - several documents, lists and JSON give their objects in order", () => {
  const text = [
    "# only a comment",
    `${head}data: {a: b}`,
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"n"}}]}',
    "",
  ].join("\n---\n");
  const { manifests, problems } = parseManifests(text, "all.yaml");
  assert.deepEqual(problems, []);
  assert.deepEqual(
    manifests.map(({ kind, name, namespace, source }) => [kind, name, namespace, source]),
    [
      ["ConfigMap", "c", undefined, "all.yaml"],
      ["Secret", "s", "n", "all.yaml"],
    ],
  );
});

test("manifests - values are read as kubectl reads them", () => {
  const text = `${head}data: {on: yes, mode: 0600, day: 2026-11-21, time: 12:30:45, hex: 0x1F, none: ~, text: "yes", oct: 0o17, bin: !!binary aGk=}\n`;
  assert.deepEqual(parseManifests(text, "f").manifests[0]?.object["data"], {
    true: true,
    mode: 384,
    day: "2026-11-21",
    time: "12:30:45",
    hex: 31,
    none: null,
    text: "yes",
    oct: 15,
    bin: "hi",
  });
});

test("manifests - anchors and merge keys are followed", () => {
  const text = `${head}a: &b {x: 1}\nc:\n  <<: *b\n  z: 2\n`;
  assert.deepEqual(parseManifests(text, "f").manifests[0]?.object["c"], { x: 1, z: 2 });
});

test("manifests - all problems are found, each with its line, and none quotes the file", () => {
  const text = `${head}---\nkind: Secret\n---\n- s3cret\n---\napiVersion: v1\nkind: Secret\n---\na: [s3cret\n`;
  const { problems } = parseManifests(text, "bad.yaml");
  assert.deepEqual(problems.slice(0, 3), [
    "bad.yaml:5: apiVersion is missing",
    "bad.yaml:7: is no object with apiVersion, kind and metadata",
    "bad.yaml:9: metadata.name is missing",
  ]);
  assert.match(problems[3] ?? "", /^bad\.yaml:1\d: is not YAML: /);
  assert.ok(!problems.join().includes("s3cret"));
});

test("manifests - a number that JSON cannot hold is refused", () => {
  for (const number of [".inf", "-.inf", ".nan", "1e400"]) {
    const { problems } = parseManifests(`${head}data: [{a: ${number}}]`, "f");
    assert.deepEqual(problems, ["f:1: has a number that is too large"], number);
  }
});

test("manifests - a key that stands twice is refused", () => {
  assert.match(parseManifests(`${head}data: {a: 1, a: 2}`, "f").problems[0] ?? "", /duplicate key/);
});

test("manifests - an empty text has no objects", () => {
  for (const text of ["", "\n", "# nothing", "---\n---\n"]) {
    assert.deepEqual(parseManifests(text, "f"), { manifests: [], problems: [] }, JSON.stringify(text));
  }
});

test("manifests - of a text that is no YAML the first mistake is told, not all that follow from it", () => {
  const { problems } = parseManifests("# A title\n\n![image](x): [a\n- {b\n*c: @d\n", "README.md");
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /^README\.md:\d: is not YAML: /);
});
