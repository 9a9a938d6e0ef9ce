import assert from "node:assert/strict";
import { test } from "node:test";
import { settingLines } from "../../../src/cli/describe/setting-lines.ts";
import type { Application } from "../../../src/core/resources/application.ts";
import { annotated } from "../../doubles/annotated.ts";
import { api, application, service } from "../../doubles/applications.ts";

test("describe - an API shows what annotations set for it, and what keeps it from being called", () => {
  const entry = api("https://erp.example.com");
  const orders = service("Orders API", [entry]);
  const lines = (annotations: Readonly<Record<string, string>>) =>
    settingLines(annotated(application("shop", [orders]), annotations) as Application, orders, entry);
  assert.deepEqual(lines({ "prices.appconn.dev/timeout": "5s", "example.com/timeout": "5s" }), []);
  const shown = lines({
    "appconn.dev/timeout": "5s",
    "orders-api.appconn.dev/timeout": "7s",
    "rest-v1.orders-api.appconn.dev/rate-limit": "many",
  });
  assert.deepEqual(shown, [
    {
      label: "Settings",
      inner: [
        { label: "timeout", value: "7s" },
        {
          label: "rate-limit",
          value:
            'many (NOT CALLED: it must be a number up to 999999999, a slash and a time from 1ms to 24h, like "100/s" or "1000/10m")',
        },
      ],
    },
  ]);
});
