import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { redactFields } from "../../../src/telemetry/redact-fields.ts";

function redactValue(value: unknown): unknown {
  return redactFields({ value })["value"];
}

/** Plain, because the copies have no prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test("redaction - secret members are replaced at every depth, the rest stays", () => {
  const value = {
    a: { headers: { Authorization: "Bearer x", Accept: "*/*" }, list: [{ password: "p", n: 1 }] },
  };
  assert.deepEqual(plain(redactValue(value)), {
    a: { headers: { Authorization: "[redacted]", Accept: "*/*" }, list: [{ password: "[redacted]", n: 1 }] },
  });
});

test("redaction - values of secret headers in a flat list are replaced", () => {
  assert.deepEqual(redactValue(["Cookie", "a=b", "Accept", "*/*"]), [
    "Cookie",
    "[redacted]",
    "Accept",
    "*/*",
  ]);
});

test("redaction - a whole Secret loses its data and keeps its name", () => {
  const secret = { kind: "Secret", metadata: { name: "orders" }, data: { password: "cA==" }, stringData: {} };
  assert.deepEqual(plain(redactValue(secret)), {
    kind: "Secret",
    metadata: { name: "orders" },
    data: "[redacted]",
    stringData: "[redacted]",
  });
});

test("redaction - an error keeps code, causes and frames, without secrets in any of them", () => {
  const root = Object.assign(new Error("POST https://u:s3cr3t@idp/token?client_secret=s3cr3t"), {
    code: "E1",
  });
  const error = new AggregateError([new Error("Bearer s3cr3t")], "first\nsecond line: Bearer s3cr3t", {
    cause: root,
  });
  const text = JSON.stringify(redactValue(error));
  assert.ok(!text.includes("s3cr3t"), text);
  const copy = plain(redactValue(error)) as Record<string, Record<string, unknown>>;
  assert.equal(copy["cause"]?.["code"], "E1");
  assert.equal(copy["cause"]?.["message"], "POST https://idp/token");
  assert.ok(Array.isArray(copy["stack"]) && copy["stack"].every((frame) => String(frame).startsWith("at ")));
});

test("redaction - own members of an error are redacted like others", () => {
  const error = Object.assign(new Error("refused"), {
    body: "s3cr3t",
    headers: { cookie: "s3cr3t" },
    status: 500,
  });
  const copy = plain(redactValue(error)) as Record<string, unknown>;
  assert.equal(copy["body"], "[redacted]");
  assert.deepEqual(copy["headers"], { cookie: "[redacted]" });
  assert.equal(copy["status"], 500);
});

test("redaction - circles, depth, getters that throw, maps and bytes cost no exception", () => {
  const circle: Record<string, unknown> = { map: new Map([["token", "x"]]), bytes: Buffer.from("secret") };
  circle["self"] = circle;
  circle["date"] = new Date(0);
  circle["never"] = new Date(Number.NaN);
  circle["big"] = 12n;
  circle["action"] = () => {};
  Object.defineProperty(circle, "bad", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  assert.deepEqual(plain(redactFields(circle)), {
    map: { token: "[redacted]" },
    bytes: "[6 bytes]",
    self: "[circular]",
    date: "1970-01-01T00:00:00.000Z",
    never: "invalid date",
    big: "12",
    bad: "[unreadable]",
  });
});

test("redaction - a member called __proto__ is a member", () => {
  const redacted = redactValue(JSON.parse('{"__proto__":{"polluted":true}}'));
  assert.equal(JSON.stringify(redacted), '{"__proto__":{"polluted":true}}');
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("redaction - any value can be copied, and the copy can be written as JSON", () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true }), (value) => {
      JSON.stringify(redactFields({ value }));
    }),
  );
});
