import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../../src/admin/identity/caller.ts";
import { may } from "../../../src/admin/identity/may.ts";
import { mayInternally } from "../../../src/admin/identity/may-internally.ts";

/** No such token can be made: whoever finds a way to one gains nothing by it. */
const LIMITED_ADMIN: Caller = {
  name: "odd",
  role: "admin",
  applications: new Set(["shop"]),
  ended: new AbortController().signal,
};

test("may - an administrator that is limited to an Application is limited", () => {
  const wants = (verb: string, plural: string, name: string) => {
    const group = plural === "applications" ? "applicationconnector.kyma-project.io" : "appconn.dev";
    const wanted = { verb, group, resource: plural, namespace: undefined, name };
    return may(LIMITED_ADMIN, wanted, "kyma-system");
  };
  assert.equal(wants("update", "applications", "shop"), true);
  assert.equal(wants("update", "applications", "stock"), false);
  assert.equal(wants("create", "accesstokens", "me"), false);
});

test("may - nor does an administrator that is limited reach internal APIs of others", () => {
  const asks = (method: string, url: string) => {
    return mayInternally(LIMITED_ADMIN, { method, url, headersDistinct: {} });
  };
  assert.equal(asks("GET", "/v1/applications/shop/services"), true);
  assert.equal(asks("GET", "/v1/applications/stock/services"), false);
  assert.equal(asks("POST", "/v1/applications/certificates/revocations"), false);
});
