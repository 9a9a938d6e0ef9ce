import { test } from "node:test";
import { equal, deepEqual, ok } from "node:assert/strict";
import { isStoreFailure, StoreFailure } from "../../../src/stores/store-failure.ts";

const resource = { group: "g.example", kind: "Thing", plural: "things" };

test("store failure - carries code, status, text and what it is about", () => {
  const failure = new StoreFailure("STORE_NOT_FOUND", ["things.g.example", "a"], {
    resource,
    ref: { name: "a" },
  });
  equal(failure.code, "STORE_NOT_FOUND");
  equal(failure.status, 404);
  equal(failure.message, 'things.g.example "a" not found');
  deepEqual([failure.resource, failure.ref, failure.causes], [resource, { name: "a" }, []]);
  equal("cause" in failure, false);
});

test("store failure - chains the error beneath it", () => {
  const beneath = new Error("disk");
  equal(new StoreFailure("STORE_UNAVAILABLE", ["disk"], { cause: beneath }).cause, beneath);
});

test("store failure - is told apart by code", () => {
  const failure = new StoreFailure("STORE_CLOSED");
  ok(isStoreFailure(failure));
  ok(isStoreFailure(failure, "STORE_LOCKED", "STORE_CLOSED"));
  equal(isStoreFailure(failure, "STORE_LOCKED"), false);
  equal(isStoreFailure(new Error("STORE_CLOSED")), false);
});
