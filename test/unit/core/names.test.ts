import assert from "node:assert/strict";
import { test } from "node:test";
import { cutApplicationName, serviceSegment } from "../../../src/core/names.ts";

const ID = "FC8BA7B4-0e27-4a4a-9f6b-3b3f4f8e2a11";

test("names - a service whose name gives no path segment goes by its id", () => {
  assert.equal(serviceSegment({ displayName: "Orders API", id: ID }), "orders-api");
  assert.equal(serviceSegment({ displayName: "注文", id: ID }), "fc8ba7b4");
  assert.equal(serviceSegment({ displayName: " - ", id: "a/b" }), "a-b");
  assert.equal(serviceSegment({ displayName: "注文", id: "注文" }), "");
});

test("names - the Application's part of a Service name is a label that begins with a letter", () => {
  assert.equal(cutApplicationName("shop"), "shop");
  assert.equal(cutApplicationName("v0.0.1"), "v0-0-1");
  assert.equal(cutApplicationName("1.shop"), "app-1-shop");
  assert.equal(cutApplicationName("a".repeat(27)), "a".repeat(26));
  assert.equal(cutApplicationName(`1${"a".repeat(26)}`), `app-1${"a".repeat(21)}`);
});
