import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import type { Application, ApplicationService } from "../../../src/core/resources/application.ts";
import { Credentials } from "../../../src/credentials/credentials.ts";
import { LimitStates } from "../../../src/gateway/limits/limit-states.ts";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import { compileApplication, extendApplication } from "../../../src/snapshot/compile-application.ts";
import { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { annotated } from "../../doubles/annotated.ts";
import { api, application, service } from "../../doubles/applications.ts";

const ORDERS = service("Orders", [api("https://erp.example.com/orders")]);
const PRICES = service("Prices", [api("https://erp.example.com/prices")]);

function shop(services: readonly ApplicationService[], registrations = "[]"): Application {
  const annotations = {
    "appconn.dev/rate-limit": "1/1h",
    "appconn.dev/registrations": registrations,
  };
  return annotated(application("shop", services), annotations) as Application;
}

test("snapshot - a service that is added to its Application has the limits of all, which end with it", (testing) => {
  const policy = new EgressPolicy();
  const connections = { pool: () => assert.fail("compiling calls nobody") };
  const credentials = new Credentials({ connections, policy, clock: systemClock, timeout: 1000 });
  testing.after(() => credentials.close());
  const limits = new LimitStates();
  const context = { credentials, policy, limits, warn: () => undefined };
  const snapshot = new Snapshot();
  const compiled = compileApplication(shop([ORDERS]), () => undefined, context);
  snapshot.publish(compiled);
  // What the registry remembers beside the settings is no reason to compile all services anew.
  const grown = shop([ORDERS, PRICES], "[1]");
  const added = extendApplication(compiled, grown, { findSecret: () => undefined, context });
  assert.ok(added);
  snapshot.extend(added);
  assert.equal(limits.size, 2);
  for (const name of ["orders", "prices"]) {
    const found = snapshot.application("shop")?.byService.get(name);
    assert.ok(found?.kind === "api" && found.limits);
    assert.equal("limit" in found.limits.enter(0), false);
    assert.equal("limit" in found.limits.enter(0), true, name);
  }
  snapshot.withdraw("shop");
  assert.equal(limits.size, 0);
});
