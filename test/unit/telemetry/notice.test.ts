import assert from "node:assert/strict";
import test from "node:test";

import { noticed, type Notice } from "../../../src/telemetry/channels.ts";
import { noticeReasons } from "../../../src/telemetry/notice-reasons.ts";
import { notice } from "../../../src/telemetry/notice.ts";

const shop = {
  apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
  kind: "Application",
  name: "shop",
};

test("notices - what is told of an object carries the type and the part of its reason", () => {
  const told: Notice[] = [];
  const listener = (one: Notice): void => void told.push(one);
  noticed.subscribe(listener);
  try {
    notice(shop, "AccessTokenRefused", "the token nightly has ended");
  } finally {
    noticed.unsubscribe(listener);
  }
  notice(shop, "AccessTokenRefused", "nobody listens");
  assert.deepEqual(told, [
    {
      object: shop,
      type: "Warning",
      reason: "AccessTokenRefused",
      message: "the token nightly has ended",
      component: "admin",
    },
  ]);
});

test("notices - each reason is one word of letters, with what it means in a sentence without an end", () => {
  for (const [reason, row] of Object.entries(noticeReasons)) {
    assert.match(reason, /^[A-Z][A-Za-z]{3,63}$/);
    assert.match(row.meaning, /^[^A-Z].*[^.]$/, reason);
  }
});
