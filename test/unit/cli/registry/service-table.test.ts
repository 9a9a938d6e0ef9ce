import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceTable } from "../../../../src/cli/registry/service-table.ts";

const rowOf = (service: Readonly<Record<string, unknown>>) => serviceTable([service]).rows[0]?.cells;

test("service table - an API stands with its credentials and address, events without", () => {
  const api = {
    type: "API",
    targetUrl: "https://a.example.com",
    centralGatewayUrl: "http://localhost:8080/shop/a",
    credentials: { type: "OAuth", secretName: "s" },
  };
  const service = { id: "1", displayName: "A", providerDisplayName: "P", identifier: "i" };
  assert.deepEqual(rowOf({ ...service, entries: [api, { type: "Events" }] }), [
    "A",
    "API, Events",
    "OAuth",
    "http://localhost:8080/shop/a",
    "P",
    "i",
    "https://a.example.com",
    "1",
  ]);
  assert.deepEqual(rowOf({ ...service, entries: [{ ...api, credentials: { type: "" } }] })?.[2], "none");
  assert.deepEqual(rowOf({ ...service, entries: [{ type: "Events" }] })?.slice(1, 4), ["Events", "", ""]);
});

test("service table - an API without a central gateway is called at its Access Service", () => {
  const gatewayUrl = "http://shop-1.kyma-system.svc.cluster.local";
  const row = rowOf({ displayName: "A", entries: [{ type: "API", gatewayUrl }] });
  assert.equal(row?.[3], gatewayUrl);
});

test("service table - what a stranger wrote moves no cursor, and what is missing is empty", () => {
  const [name = ""] = rowOf({ displayName: "a\u001b[2Jb\nc", entries: "none" }) ?? [];
  assert.doesNotMatch(name, /\p{Cc}/u);
  assert.deepEqual(rowOf({}), ["", "", "", "", "", "", "", ""]);
  assert.equal(rowOf({ name: "by-hand" })?.[0], "by-hand");
});
