import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAs, said } from "./check-as.ts";

const info = { title: "Orders", version: "1.4", description: "Reads and writes orders." };
const operation = { operationId: "readOrder", responses: { 200: { description: "fine" } } };
const parameter = { name: "id", in: "path", required: true, schema: { type: "string" } };

function openApi(openapi: unknown, more: object = {}): object {
  return { openapi, info, paths: { "/orders/{id}": { parameters: [parameter], get: operation } }, ...more };
}

const READY = { phase: "Ready", reason: "Uploaded", message: "Asset content has been uploaded" };

for (const version of ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.2.0"]) {
  test(`openapi - ${version} is known, and so is what search needs`, () => {
    const checked = checkAs("openapi", "apiSpec.json", openApi(version, { tags: [{ name: "orders" }] }));
    assert.deepEqual(checked, {
      format: "openapi",
      version,
      converted: undefined,
      findings: [],
      metadata: { ...info, operations: ["GET /orders/{id} readOrder"], tags: ["orders"] },
      outcome: READY,
    });
  });
}

test("openapi - Swagger 2.0 is known", () => {
  const swagger = { swagger: "2.0", info, paths: { "/orders": { get: operation } } };
  const { format, version, findings, outcome } = checkAs("openapi", "apiSpec.json", swagger);
  assert.deepEqual(
    { format, version, findings, outcome },
    { format: "openapi", version: "2.0", findings: [], outcome: READY },
  );
});

test("openapi - YAML is known, with numbers as keys and comments", () => {
  const text = `# orders
openapi: 3.0.3
info: {title: Orders, version: "1"}
paths:
  /orders:
    get:
      responses:
        200: {description: fine}
`;
  const { format, findings, metadata } = checkAs("openapi", "apiSpec.yaml", text);
  assert.deepEqual({ format, findings }, { format: "openapi", findings: [] });
  assert.deepEqual(metadata, { title: "Orders", version: "1", operations: ["GET /orders"] });
});

for (const version of ["1.2", "3.3.0", "4.0.0", "2.0", "3.0.0.1", "three"]) {
  test(`openapi - version ${version} is a finding where it is not known`, () => {
    const checked = checkAs("openapi", "apiSpec.json", openApi(version));
    if (version === "2.0") return assert.equal(checked.outcome.reason, "ValidationFailed");
    assert.deepEqual(said(checked), [
      `error /openapi:1 OpenAPI "${version}" is not known; 2.0 and 3.0 to 3.2 are.`,
    ]);
    assert.equal(checked.outcome.reason, "ValidationFailed");
  });
}

test("openapi - a version that YAML reads as a number is explained", () => {
  const checked = checkAs(
    "openapi",
    "apiSpec.yaml",
    "swagger: 2.0\ninfo: {title: a, version: b}\npaths: {}\n",
  );
  assert.deepEqual(said(checked), [
    'error /swagger:1 The version must be a text such as "3.0.3"; in YAML it needs quotes.',
  ]);
});

test("openapi - errors of JSON have their place and say what is wrong, not what else was possible", () => {
  const broken = {
    openapi: "3.0.3",
    info: { title: "Orders" },
    paths: { "/orders": { get: { responses: { 200: {} }, sumary: "typo" } } },
    components: { schemas: { Order: { type: "strin" } } },
  };
  const checked = checkAs("openapi", "apiSpec.json", JSON.stringify(broken, undefined, 1));
  assert.deepEqual(said(checked), [
    "error /info:3 It must have required property 'version'.",
    "error /paths/~1orders/get/responses/200:10 It must have required property 'description'.",
    "error /paths/~1orders/get/sumary:12 This property is not known here.",
    "error /components/schemas/Order/type:19 It must be equal to one of the allowed values: array, boolean, integer, number, object, string.",
  ]);
  assert.deepEqual(checked.outcome, {
    phase: "Failed",
    reason: "ValidationFailed",
    message: "Asset validation failed due to /info: It must have required property 'version'. (and 3 more)",
  });
});

test("openapi - errors of YAML have their place", () => {
  const text =
    "openapi: 3.1.0\ninfo:\n  title: Orders\n  version: '1'\npaths:\n  /orders:\n    get:\n      responses:\n        200: {}\n";
  const checked = checkAs("openapi", "apiSpec.yaml", text);
  assert.deepEqual(said(checked), [
    "error /paths/~1orders/get/responses/200:9 It must have required property 'description'.",
  ]);
});

test("openapi - a hundred findings are listed and the rest is counted", () => {
  const paths = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [`/p${index}`, { get: { responses: { 200: {} } } }]),
  );
  const { findings } = checkAs("openapi", "apiSpec.json", { openapi: "3.0.0", info, paths });
  assert.equal(findings.length, 101);
  assert.equal(findings.at(-1)?.message, "50 more findings are not listed.");
});

test("openapi - references must lead somewhere within the document, and others are not followed", () => {
  const schemas = {
    Order: { type: "object", properties: { customer: { $ref: "#/components/schemas/Customer" } } },
    Tree: { type: "object", properties: { child: { $ref: "#/components/schemas/Tree" } } },
    One: { $ref: "#/components/schemas/Two" },
    Two: { $ref: "#/components/schemas/One" },
    Far: { $ref: "https://schemas.example.com/far.json" },
    File: { $ref: "file:///etc/passwd" },
    Odd: { $ref: "#/components/schemas/%E0" },
    Inherited: { $ref: "#/constructor" },
    Shown: { type: "object", example: { $ref: "#/nowhere" } },
  };
  const checked = checkAs("openapi", "apiSpec.json", openApi("3.0.3", { components: { schemas } }));
  assert.deepEqual(
    new Set(said(checked)),
    new Set([
      'error /components/schemas/Order/properties/customer/$ref:1 The reference "#/components/schemas/Customer" leads nowhere.',
      'error /components/schemas/One/$ref:1 The reference "#/components/schemas/Two" leads back to itself.',
      'error /components/schemas/Two/$ref:1 The reference "#/components/schemas/One" leads back to itself.',
      'error /components/schemas/Odd/$ref:1 The reference "#/components/schemas/%E0" leads nowhere.',
      'error /components/schemas/Inherited/$ref:1 The reference "#/constructor" leads nowhere.',
      'warning /components/schemas/Far/$ref:1 The reference "https://schemas.example.com/far.json" leads out of the document and is not followed.',
      'warning /components/schemas/File/$ref:1 The reference "file:///etc/passwd" leads out of the document and is not followed.',
    ]),
  );
});

test("openapi - references to anchors of 3.1 lead somewhere", () => {
  const schemas = { Order: { $anchor: "order", type: "object" }, Same: { $ref: "#order" } };
  assert.deepEqual(checkAs("openapi", "a.json", openApi("3.1.0", { components: { schemas } })).findings, []);
});

test("openapi - active content in a description is kept and warned of", () => {
  for (const description of ["<script>alert(1)</script>", '<img src=x onerror="x()">', "[x](javascript:x)"]) {
    const checked = checkAs("openapi", "apiSpec.json", openApi("3.0.3", { info: { ...info, description } }));
    assert.deepEqual(
      checked.findings.map(({ severity, path }) => [severity, path]),
      [["warning", "/info/description"]],
    );
    assert.equal(checked.outcome.phase, "Ready");
    assert.equal(checked.metadata["description"], description);
  }
});

test("openapi - an operationId that stands twice, and a part of a path that nothing describes, are warnings", () => {
  const responses = { 200: { description: "fine" } };
  const paths = {
    "/orders/{id}": { get: { operationId: "read", responses } },
    "/stock/{id}": {
      parameters: [{ $ref: "#/components/parameters/id" }],
      get: { operationId: "read", responses },
    },
    "/elsewhere/{id}": { get: { parameters: [{ $ref: "https://example.com/id" }], responses } },
    "/query/{id}": { get: { parameters: [{ ...parameter, in: "query" }], responses } },
  };
  const components = { parameters: { id: parameter } };
  const checked = checkAs("openapi", "apiSpec.json", { openapi: "3.0.3", info, paths, components });
  assert.deepEqual(said(checked), [
    'warning /paths/~1stock~1{id}/get/operationId:1 Another operation is called "read", too.',
    'warning /paths/~1orders~1{id}/get:1 "{id}" of the path has no path parameter.',
    'warning /paths/~1query~1{id}/get:1 "{id}" of the path has no path parameter.',
    'warning /paths/~1elsewhere~1{id}/get/parameters/0/$ref:1 The reference "https://example.com/id" leads out of the document and is not followed.',
  ]);
  assert.equal(checked.outcome.phase, "Ready");
});

test("openapi - talk of programs is no active content", () => {
  for (const description of [
    "In JavaScript: call it.",
    "<b>set</b> onload = now",
    "a < b, object",
    "<objective>",
  ]) {
    const checked = checkAs("openapi", "apiSpec.json", openApi("3.0.3", { info: { ...info, description } }));
    assert.deepEqual(checked.findings, []);
  }
});

test("openapi - keys that every object inherits are keys like any other", () => {
  const text = JSON.stringify(openApi("3.0.3")).replace(
    '"paths":',
    '"x-p":{"__proto__":{"polluted":true},"constructor":1},"paths":',
  );
  const checked = checkAs("openapi", "apiSpec.json", text);
  assert.deepEqual(said(checked), [
    "warning /x-p/__proto__:1 The key __proto__ misleads many programs that read it.",
  ]);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test("openapi - a description and names for search are bounded", () => {
  const paths = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`/${"p".repeat(300)}${index}`, { get: operation }]),
  );
  const big = { openapi: "3.0.0", info: { ...info, description: "d".repeat(50_000) }, paths };
  const { metadata } = checkAs("openapi", "apiSpec.json", big);
  assert.ok(JSON.stringify(metadata).length < 64 * 1024);
});
