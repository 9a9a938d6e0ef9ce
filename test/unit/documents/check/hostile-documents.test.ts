import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkAs, said } from "./check-as.ts";

const MEGABYTE = 1024 ** 2;

function laughs(): string {
  const lines = ["openapi: 3.0.0", "a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let index = 1; index < 12; index++) {
    lines.push(
      `a${index}: &a${index} [${Array(9)
        .fill(`*a${index - 1}`)
        .join(", ")}]`,
    );
  }
  return lines.join("\n");
}

const unchecked: readonly (readonly [name: string, fileName: string, content: string, reason: string])[] = [
  [
    "100000 lists of JSON",
    "a.json",
    "[".repeat(100_000) + "]".repeat(100_000),
    "it nests deeper than 256 levels",
  ],
  [
    "objects that nest 300 deep",
    "a.json",
    '{"openapi":'.repeat(300) + "1" + "}".repeat(300),
    "it nests deeper than 256 levels",
  ],
  [
    "10 MB of empty objects",
    "a.json",
    `{"openapi":"3.0.0","x":[${"{},".repeat(3 * MEGABYTE)}1]}`,
    "it has more than 1500000 values",
  ],
  ["20000 lists of YAML", "a.yaml", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, "it nests too deeply"],
  ["a billion laughs", "a.yaml", laughs(), "its aliases stand for more than 1000 copies"],
  [
    "an alias within its anchor",
    "a.yaml",
    "openapi: 3.0.0\npaths: &a\n  x: *a\n",
    "it nests deeper than 256 levels",
  ],
  [
    "2 MB of YAML",
    "a.yaml",
    `a: ${"b".repeat(2 * MEGABYTE)}`,
    "YAML of more than 1048576 characters is not read",
  ],
  ["200000 lines of YAML", "a.yaml", "- a\n".repeat(200_000), "it has more than 150000 lines and values"],
  ["17 MB", "a.json", " ".repeat(17 * MEGABYTE), "it is larger than 16777216 bytes"],
];

for (const [name, fileName, content, reason] of unchecked) {
  test(`hostile documents - ${name} are not looked into`, () => {
    const checked = checkAs("openapi", fileName, content);
    assert.deepEqual(said(checked), [`warning :? The document was not checked: ${reason}.`]);
    assert.deepEqual([checked.format, checked.outcome.phase], ["unknown", "Ready"]);
  });
}

test("hostile documents - 100000 elements of XML are an error", () => {
  const xml = `<Edmx Version="4.0">${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}</Edmx>`;
  assert.deepEqual(said(checkAs("odata", "a.xml", xml)), [
    "error :? The XML cannot be read: it nests too deeply.",
  ]);
});

test("hostile documents - an object that cannot be written as a text is no trouble as a version", () => {
  for (const version of ['{"toString":1}', "[]", "null", '"\\u0000"', '"__proto__"']) {
    for (const member of ["openapi", "swagger", "asyncapi", "$Version"]) {
      const { outcome } = checkAs("openapi", "a.json", `{"${member}":${version}}`);
      assert.ok(outcome.message);
    }
  }
});

test("hostile documents - findings are short, whatever they quote", () => {
  const info = { title: "a", version: "1", ["x".repeat(MEGABYTE)]: 1 };
  const { findings, outcome } = checkAs("openapi", "a.json", {
    openapi: "3.0.0",
    info,
    paths: { "/a": { $ref: `#/${"b".repeat(MEGABYTE)}` } },
  });
  assert.ok(findings.length > 0);
  for (const { message } of findings) assert.ok(message.length <= 400);
  assert.ok(outcome.message.length < 1_000);
});

const type = fc.constantFrom("openapi" as const, "odata" as const, "asyncapi" as const, "docs" as const);
const fileName = fc.constantFrom("a.json", "a.yaml", "a.xml", "a.md", "a", "");

test("hostile documents - any bytes have an outcome", () => {
  fc.assert(
    fc.property(type, fileName, fc.uint8Array({ maxLength: 200 }), (declared, name, content) => {
      assert.ok(checkAs(declared, name, content).outcome.message);
    }),
  );
});

test("hostile documents - any JSON within a description has an outcome and findings that name places in it", () => {
  const description = fc.record(
    {
      openapi: fc.constantFrom<unknown>("3.0.3", "3.1.0", 3),
      asyncapi: fc.constantFrom<unknown>("1.2.0", "2.0.0", "2.6.0", 2),
      swagger: fc.constant("2.0"),
      info: fc.jsonValue(),
      paths: fc.dictionary(fc.string(), fc.jsonValue()),
      topics: fc.dictionary(fc.string(), fc.jsonValue()),
      channels: fc.jsonValue(),
      servers: fc.jsonValue(),
      components: fc.dictionary(fc.constantFrom("schemas", "messages", "parameters"), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(type, description, (declared, content) => {
      const { findings, outcome } = checkAs(declared, "a.json", content);
      assert.ok(outcome.message);
      for (const { path } of findings) assert.match(path, /^(?:\/|$)/);
    }),
  );
});

test("hostile documents - any text between elements of XML has an outcome", () => {
  const part = fc.constantFrom(
    "<Edmx",
    " Version='4.0'",
    ">",
    "<a",
    "/>",
    "</Edmx>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&x;",
    "<?p",
    "?>",
    "\n",
    '"',
    "<!DOCTYPE",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      assert.ok(checkAs("odata", "a.xml", `<${parts.join("")}`).outcome.message);
    }),
  );
});
