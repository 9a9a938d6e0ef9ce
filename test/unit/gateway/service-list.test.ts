import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Application } from "../../../src/core/resources/application.ts";
import type { New } from "../../../src/core/resources/resource.ts";
import { Inspection } from "../../../src/gateway/inspection/inspection.ts";
import { serviceList } from "../../../src/gateway/inspection/service-list.ts";
import { api, application, service, shop } from "../../doubles/applications.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { holdApplication, type HeldScene } from "../../doubles/held-application.ts";

const urls = { gatewayUrl: "http://gw:8080", compassUrl: "http://gw:8082" };

function list(context: TestContext, value: New<Application>, scene: HeldScene = {}): string[] {
  const { held, compile } = holdApplication(context, value, scene);
  const inspection = new Inspection({ held: () => held, names: () => [] }, compile, new FakeClock());
  const inspected = inspection.find(value.metadata.name);
  assert.ok(inspected);
  return [...serviceList(inspected, urls)];
}

test("service list - each API with the URLs at which it is called, and what its callers would meet", (context) => {
  const credentials = { type: "Basic", secretName: "absent" };
  const value = application("shop", [
    service("Orders API", [api("https://u:canary@erp.example/?key=canary", { credentials })]),
    service("News", [{ type: "Events" }]),
  ]);
  const text = list(context, value).join("");
  assert.deepEqual(JSON.parse(text), {
    application: "shop",
    ...urls,
    problems: [],
    services: [
      {
        id: "id-of-orders-api",
        displayName: "Orders API",
        name: "orders-api",
        apis: [
          {
            displayName: "REST v1",
            name: "rest-v1",
            urls: ["http://gw:8080/shop/orders-api/", "http://gw:8082/shop/orders-api/rest-v1/"],
            callable: false,
            credentials: "Basic",
            problems: [
              {
                reason: "SecretNotFound",
                severity: "error",
                message: "failed to read API for Orders API service, secret 'absent' not found",
                remedy:
                  "Create the Secret in the credentials namespace, or correct secretName in the Application.",
              },
            ],
          },
        ],
      },
      { id: "id-of-news", displayName: "News", name: "news", apis: [] },
    ],
  });
  assert.equal(text.includes("canary"), false);
  assert.equal(text.includes("erp.example"), false);
});

test("service list - a warning is told of an API that can be called", (context) => {
  const value = shop("https://erp.example/", { credentials: { type: "Basic", secretName: "s" } });
  const answer = list(context, value, { secrets: { s: { username: "canary" } } }).join("");
  assert.match(answer, /"callable":true,"credentials":"Basic","problems":\[\{"reason":"SecretKeyMissing"/);
  assert.equal(answer.includes("canary"), false);
});

test("service list - thousands of services leave in pieces, together one JSON document", (context) => {
  const services = Array.from({ length: 2000 }, (_, index) =>
    service(`S ${index}`, [api("https://erp.example/")]),
  );
  const pieces = list(context, application("shop", services));
  assert.ok(pieces.length > 10);
  assert.ok(pieces.every((piece) => piece.length < 40_000));
  const { services: listed } = JSON.parse(pieces.join("")) as { readonly services: readonly unknown[] };
  assert.equal(listed.length, 2000);
});
