import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAs, said } from "./check-as.ts";

test("markdown - front matter between lines of dashes is read, and the first heading is a title", () => {
  const text = "---\ntitle: Overview\ntype: Details\nweight: 3\n---\n# Other\n\nText\n";
  const checked = checkAs("docs", "overview.md", text);
  assert.deepEqual([checked.format, checked.findings], ["markdown", []]);
  const frontMatter = { title: "Overview", type: "Details", weight: 3 };
  assert.deepEqual(checked.metadata, { title: "Overview", frontMatter });
  assert.deepEqual(checkAs("docs", "a.md", "\nText\n\n## A heading \nMore").metadata, { title: "A heading" });
});

test("markdown - line ends of Windows, a byte order mark and an empty front matter are no trouble", () => {
  const text = "\uFEFF---\r\ntitle: Overview\r\n---\r\nText\r\n";
  assert.deepEqual(checkAs("docs", "a.md", text).metadata["frontMatter"], { title: "Overview" });
  assert.deepEqual(checkAs("docs", "a.md", "---\n---\n# Text").metadata, { title: "Text", frontMatter: {} });
});

test("markdown - a rule is no front matter", () => {
  for (const text of ["---\nText without end\n", "Text\n---\na: b\n---\n", "----\na: b\n----\n", ""]) {
    const checked = checkAs("docs", "a.md", text);
    assert.deepEqual([checked.metadata["frontMatter"], checked.findings], [undefined, []]);
  }
});

test("markdown - front matter that cannot be read is an error with its line", () => {
  assert.deepEqual(said(checkAs("docs", "a.md", '---\ntitle: ok\nbad: "open\n---\n')), [
    "error :4 The text is not YAML: missing char.",
  ]);
  const list = checkAs("docs", "a.md", "---\n- one\n---\n");
  assert.deepEqual(said(list), ["error :? The front matter must be a map of names to values."]);
  assert.equal(list.outcome.reason, "ValidationFailed");
  const endless = checkAs("docs", "a.md", "---\na: &x\n  b: *x\n---\n");
  assert.deepEqual(said(endless), ["error :? The front matter nests too deeply or within itself."]);
  const large = checkAs("docs", "a.md", `---\na: ${"b".repeat(20_000)}\n---\n`);
  assert.deepEqual(said(large), ["error :? The front matter is larger than 16384 characters."]);
});

test("markdown - active content is kept and warned of", () => {
  const checked = checkAs("docs", "a.md", "# A\n\n<script>alert(1)</script>");
  assert.deepEqual([checked.findings[0]?.severity, checked.outcome.phase], ["warning", "Ready"]);
});

test("documentation - the object of a service is known", () => {
  const object = {
    displayName: "Orders",
    description: "All about orders",
    type: "guide",
    tags: ["shop", 1],
    docs: [{ title: "Start", type: "md", source: "# Start" }],
  };
  const checked = checkAs("docs", "content.json", object);
  assert.deepEqual([checked.format, checked.findings], ["documentation", []]);
  assert.deepEqual(checked.metadata, {
    title: "Orders",
    description: "All about orders",
    tags: ["shop"],
    pages: ["Start"],
  });
});

test("documentation - what is odd is a warning", () => {
  const object = { displayName: 1, docs: ["x", { title: [], source: "<iframe src=x>" }] };
  const checked = checkAs("docs", "content.json", object);
  assert.deepEqual(
    checked.findings.map(({ severity, path }) => `${severity} ${path}`),
    ["warning /displayName", "warning /docs/0", "warning /docs/1/title", "warning /docs/1/source"],
  );
  assert.equal(checked.outcome.phase, "Ready");
});

test("unknown - any JSON, text or bytes are kept, and ready", () => {
  const contents = [
    '{"name":"api"}',
    "[]",
    "null",
    "12",
    '"text"',
    "hello world",
    "",
    Buffer.from([0, 1, 2, 255]),
  ];
  for (const content of contents) {
    const { format, outcome } = checkAs("openapi", "apiSpec", content);
    assert.deepEqual([format, outcome.phase], ["unknown", "Ready"], String(content));
  }
});

test("unknown - data that breaks the rules of its syntax has an error with its line", () => {
  assert.deepEqual(said(checkAs("openapi", "apiSpec.json", '{\n "openapi": "3.0.0",\n "info" }')), [
    "error :3 The text is not JSON: colon expected.",
  ]);
  assert.deepEqual(said(checkAs("openapi", "apiSpec.yaml", "openapi: 3.0.0\ninfo: [a\nb: c\n")), [
    "error :3 The text is not YAML: bad indent.",
  ]);
  assert.equal(checkAs("openapi", "apiSpec.json", "{").outcome.reason, "ValidationFailed");
});

test("unknown - several documents in one YAML text are an error", () => {
  const checked = checkAs("openapi", "a.yaml", "openapi: 3.0.0\n---\nopenapi: 3.0.0\n");
  assert.deepEqual([checked.findings[0]?.severity, checked.outcome.phase], ["error", "Failed"]);
});

test("unknown - a key that stands twice in YAML is a warning", () => {
  const text = "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /a: {}\n  /a: {}\n";
  assert.deepEqual(said(checkAs("openapi", "a.yaml", text)), [
    'warning :5 The key "/a" stands twice; the last one counts.',
  ]);
});

test("unknown - bytes that are no UTF-8 are an error of a description and nothing in other files", () => {
  const bytes = Buffer.from(
    '{"openapi":"3.0.0",\n"info":{"title":"\xff","version":"1"},"paths":{}}',
    "latin1",
  );
  assert.deepEqual(said(checkAs("openapi", "apiSpec.json", bytes)), [
    "error :2 The text is not UTF-8 (RFC 8259 section 8.1).",
  ]);
  const other = checkAs("openapi", "a.bin", Buffer.from([0xff, 0x41]));
  assert.equal(other.outcome.phase, "Ready");
});
