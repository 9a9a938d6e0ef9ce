import assert from "node:assert/strict";
import test from "node:test";

import { eventWritten, noticed, type Notice } from "../../../src/telemetry/channels.ts";
import { noticeReasons } from "../../../src/telemetry/notice-reasons.ts";
import { notice } from "../../../src/telemetry/notice.ts";
import { NoticeMetrics } from "../../../src/telemetry/notice-metrics.ts";
import { parseMetrics } from "../../doubles/parse-metrics.ts";

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

test("notices - they are counted by their reason, and Events by what became of them", async () => {
  using metrics = new NoticeMetrics();
  notice(shop, "AccessTokenRefused", "the token nightly has ended");
  notice(shop, "AccessTokenRefused", "the token weekly has ended");
  eventWritten.publish({ result: "lost" });
  const families = parseMetrics(await metrics.text());
  const labels = { type: "Warning", reason: "AccessTokenRefused" };
  const name = "appconn_notices_total";
  assert.deepEqual(families.get(name)?.samples, [{ name, labels, value: 2 }]);
  const [lost] = families.get("appconn_events_total")?.samples ?? [];
  assert.deepEqual([lost?.labels, lost?.value], [{ result: "lost" }, 1]);
});

test("notices - each reason is one word of letters, with what it means in a sentence without an end", () => {
  for (const [reason, row] of Object.entries(noticeReasons)) {
    assert.match(reason, /^[A-Z][A-Za-z]{3,63}$/);
    assert.match(row.meaning, /^[^A-Z].*[^.]$/, reason);
  }
});
