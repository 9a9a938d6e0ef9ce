import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lastApplied, LAST_APPLIED, withLastApplied } from "../../../src/cli/manifests/last-applied.ts";
import { dataOfSecret } from "../../../src/cli/manifests/secret-data.ts";
import { textAt } from "../../../src/cli/json-fields.ts";
import type { PlainObject } from "../../../src/core/plain-object.ts";

function annotation(object: PlainObject): string {
  return textAt(withLastApplied(object), "metadata", "annotations", LAST_APPLIED) ?? "";
}

test("last applied - the annotation is byte for byte what kubectl writes", () => {
  const object = {
    kind: "Application",
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    spec: {
      labels: { "10": "a", "9": "b" },
      description: "a < b & c > d\u2028",
      services: [{ b: 1, a: null }],
    },
    metadata: { name: "shop" },
  };
  assert.equal(
    annotation(object),
    '{"apiVersion":"applicationconnector.kyma-project.io/v1alpha1","kind":"Application",' +
      '"metadata":{"annotations":{},"name":"shop"},' +
      '"spec":{"description":"a \\u003c b \\u0026 c \\u003e d\\u2028","labels":{"10":"a","9":"b"},' +
      '"services":[{"a":null,"b":1}]}}\n',
  );
});

test("last applied - an annotation in the file itself is not remembered within itself", () => {
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c", annotations: { [LAST_APPLIED]: "old", mine: "1" } },
  };
  assert.equal(
    annotation(object),
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{"mine":"1"},"name":"c"}}\n',
  );
});

test("last applied - no value of a Secret is remembered, whatever way it was written", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3 }), (noise) => {
      const value = `s3cr3t${noise}`;
      const encoded = Buffer.from(value).toString("base64");
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "s" },
        stringData: { password: value },
        data: { key: encoded },
      };
      const text = annotation(dataOfSecret(secret));
      assert.ok(!text.includes("s3cr3t") && !text.includes(encoded));
      assert.deepEqual(JSON.parse(text).data, { key: "", password: "" });
    }),
  );
});

test("last applied - what kubectl remembered of a Secret's stringData is understood as data", () => {
  const remembered = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: "x" } };
  const current = { metadata: { annotations: { [LAST_APPLIED]: JSON.stringify(remembered) } } };
  assert.deepEqual(lastApplied(current)?.["data"], { a: "eA==" });
});

test("last applied - an object without it, or with a broken one, tells nothing", () => {
  assert.equal(lastApplied({ metadata: {} }), undefined);
  assert.equal(lastApplied({ metadata: { annotations: { [LAST_APPLIED]: "{" } } }), undefined);
  assert.equal(lastApplied({ metadata: { annotations: { [LAST_APPLIED]: "[]" } } }), undefined);
});

test("secret data - plain values win over encoded ones; what is malformed is left to the server", () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    data: { a: "b2xk", b: "Yg==" },
    stringData: { a: "new" },
  };
  assert.deepEqual(dataOfSecret(secret), {
    apiVersion: "v1",
    kind: "Secret",
    data: { a: "bmV3", b: "Yg==" },
  });
  const malformed = { apiVersion: "v1", kind: "Secret", stringData: { a: 1 } };
  assert.equal(dataOfSecret(malformed), malformed);
  const other = { apiVersion: "v1", kind: "ConfigMap", stringData: { a: "x" } };
  assert.equal(dataOfSecret(other), other);
});
