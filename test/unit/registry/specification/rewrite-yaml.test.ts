import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import {
  accessServiceAddress,
  gatewayAddress,
} from "../../../../src/registry/specification/gateway-address.ts";
import { rewriteSpecification } from "../../../../src/registry/specification/rewrite-specification.ts";
import type { Rewriting } from "../../../../src/registry/specification/rewriting.ts";

const address = gatewayAddress("http://gateway.example:8080", "shop", "orders-api");
const now: Rewriting = { apiType: "", address, rewriteOpenApi3: false };
const before: Rewriting = { ...now, address: accessServiceAddress("shop-1", "kyma-system") };
const three: Rewriting = { ...now, rewriteOpenApi3: true };

test("rewrite YAML - Swagger stays YAML, with its comments, spelling and order", () => {
  const text = `# Orders
swagger: "2.0"   # the version
info:   {title: Orders,   version: 1.0}
host: old.example # where it was
basePath: '/v1'
schemes:
  # all of them
  - https
  - wss # last
paths:
  /a:

    get: {x-number: 012, y: 1_000}
`;
  assert.equal(
    rewriteSpecification(text, now),
    `# Orders
swagger: "2.0"   # the version
info:   {title: Orders,   version: 1.0}
host: "gateway.example:8080" # where it was
basePath: "/shop/orders-api"
schemes:
  # all of them
  - "http" # last
paths:
  /a:

    get: {x-number: 012, y: 1_000}
`,
  );
});

test("rewrite YAML - members that are missing come behind the version, with its line ends", () => {
  assert.equal(
    rewriteSpecification("---\r\nswagger: '2.0' # v\r\npaths: {}\r\n", now),
    '---\r\nswagger: \'2.0\' # v\r\nhost: "gateway.example:8080"\r\nbasePath: "/shop/orders-api"\r\nschemes: ["http"]\r\npaths: {}\r\n',
  );
  assert.equal(
    rewriteSpecification("info: {}\nswagger: 2.0", before),
    'info: {}\nswagger: 2.0\nhost: "shop-1.kyma-system.svc.cluster.local"\nschemes: ["http"]',
  );
});

test("rewrite YAML - in the form of Kyma 1.x the line of the base path goes", () => {
  assert.equal(
    rewriteSpecification(
      "  swagger: 2.0\n  basePath: /v1 # old\n  host:\n  schemes: [https,\n    wss]\n",
      before,
    ),
    '  swagger: 2.0\n  host: "shop-1.kyma-system.svc.cluster.local"\n  schemes: ["http"]\n',
  );
});

for (const [what, text] of [
  ["several documents", "swagger: 2.0\n---\nswagger: 2.0\n"],
  ["a duplicate", "swagger: 2.0\nhost: a\nhost: b\n"],
  ["flow style", "# c\n{ swagger: '2.0' }\n"],
  ["an explicit key", "? swagger\n: 2.0\n"],
  ["an anchor that would go", "swagger: 2.0\nhost: &h a\nx: *h\n"],
  ["an anchor deep in what would go", "swagger: 2.0\nschemes: [&s https]\nx: *s\n"],
  ["a host of several lines", "swagger: 2.0\nhost: |\n  a\n"],
  ["a host that is a mapping", "swagger: 2.0\nhost:\n  a: 1\n"],
  ["a version inside of a text", "text: |\n swagger: 2.0\n"],
  ["broken syntax", "swagger: 2.0\nhost: [\n"],
  ["a deep document", `swagger: 2.0\nx: ${"[".repeat(20_000)}`],
  ["a document of more than a megabyte", `swagger: 2.0\n#${"x".repeat(1024 * 1024)}\n`],
  ["a later version", "swagger: 2.1\n"],
  ["OpenAPI 3", "openapi: 3.0.0\nservers: []\n"],
  ["AsyncAPI", "asyncapi: 2.0.0\n"],
] as const) {
  test(`rewrite YAML - stays as it is: ${what}`, () => {
    assert.equal(rewriteSpecification(text, now), text);
  });
}

test("rewrite YAML - aliases are never expanded", () => {
  const levels = Array.from(
    { length: 30 },
    (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
  );
  const text = `swagger: 2.0\na0: &a0 [x]\n${levels.join("\n")}\nhost: *a30\n`;
  assert.equal(
    rewriteSpecification(text, before),
    `swagger: 2.0\nschemes: ["http"]\na0: &a0 [x]\n${levels.join("\n")}\nhost: "shop-1.kyma-system.svc.cluster.local"\n`,
  );
});

test("rewrite YAML - OpenAPI 3 gets the gateway as first server where that is wanted, and only once", () => {
  const url = '"http://gateway.example:8080/shop/orders-api"';
  for (const [text, expected] of [
    [
      "openapi: 3.0.3\nservers:\n  # ours\n  - url: /v1\n    description: old\n",
      `openapi: 3.0.3\nservers:\n  # ours\n  - url: ${url}\n  - url: /v1\n    description: old\n`,
    ],
    ["openapi: 3.1.0\nservers:\n- url: /v1\n", `openapi: 3.1.0\nservers:\n- url: ${url}\n- url: /v1\n`],
    ["openapi: 3.1.0\nservers: []\n", `openapi: 3.1.0\nservers: [{ "url": ${url} }]\n`],
    ["openapi: 3.1.0\nservers: [{url: /}]\n", `openapi: 3.1.0\nservers: [{ "url": ${url} }, {url: /}]\n`],
    ["openapi: 3.1.0\nservers:\ninfo: {}\n", `openapi: 3.1.0\nservers: [{ "url": ${url} }]\ninfo: {}\n`],
    ["openapi: '3.0.0'\npaths: {}\n", `openapi: '3.0.0'\nservers: [{ "url": ${url} }]\npaths: {}\n`],
  ] as const) {
    const once = rewriteSpecification(text, three);
    assert.equal(once, expected);
    assert.equal(rewriteSpecification(once, three), expected);
  }
});

test("rewrite YAML - any document reads the same but for the three members", () => {
  const line = fc.constantFrom(
    "host: old",
    "host: 'quoted''s' # c",
    "basePath: /v1",
    'basePath: "/v1\\n"',
    "schemes: [https, wss]",
    "schemes:\n- https\n- http",
    "schemes:\n    - https # c",
    "# a comment",
    "",
    "paths:\n  /a:\n    get: {a: 1}",
    "text: |\n  host: no\n\n  end",
    "folded: >-\n  a\n  b",
    "plain: a\n  b\n   c",
    "list:\n- host: a\n- - b",
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(line),
      fc.uniqueArray(line),
      fc.constantFrom("\n", "\r\n"),
      (first, last, end) => {
        const lines = [...first, "swagger: '2.0'", ...last];
        const keys = lines.map((entry) => /^\w+:/.exec(entry)?.[0]).filter((key) => key !== undefined);
        fc.pre(new Set(keys).size === keys.length);
        const text = `${lines.join("\n")}\n`.replaceAll("\n", end);
        const { host: _, basePath: __, schemes: ___, ...rest } = parse(text) as Record<string, unknown>;
        const rewritten = parse(rewriteSpecification(text, now)) as Record<string, unknown>;
        const wanted = { host: address.host, basePath: address.basePath, schemes: ["http"] };
        assert.deepEqual(rewritten, { ...rest, ...wanted });
      },
    ),
    { numRuns: 500 },
  );
});
