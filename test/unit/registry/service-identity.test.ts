import assert from "node:assert/strict";
import { test } from "node:test";
import type { Application, ApplicationService } from "../../../src/core/resources/application.ts";
import type { Refused } from "../../../src/registry/refused.ts";
import { refuseNewService, refuseRename } from "../../../src/registry/service-identity.ts";
import { serviceIndex } from "../../../src/registry/service-index.ts";

function service(id: string, displayName: string, identifier?: string): ApplicationService {
  return {
    id,
    name: id,
    displayName,
    providerDisplayName: "p",
    description: "d",
    entries: [],
    ...(identifier === undefined ? {} : { identifier }),
  };
}

const orders = service("1", "Orders API", "acme-orders");
const application: Application = {
  apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
  kind: "Application",
  metadata: { name: "shop", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { services: [orders, service("2", "注文"), service("3", "Users", "")] },
};
const index = serviceIndex(application);
const shown = (found: Refused | undefined) => found && `${found.code}: ${found.text}`;

test("service identity - an identifier is taken once, in both modes", () => {
  for (const compat of ["1x", "2x"] as const) {
    assert.equal(
      shown(refuseNewService({ name: "Orders API", identifier: "acme-orders" }, index, compat)),
      "REGISTRY_IDENTIFIER_TAKEN: Creating service failed, Service with Identifier acme-orders already exists",
    );
    assert.equal(refuseNewService({ name: "New", identifier: "ACME-orders" }, index, compat), undefined);
    assert.equal(refuseNewService({ name: "New", identifier: "" }, index, compat), undefined);
  }
});

test("service identity - names that normalise alike collide in 2.x only", () => {
  for (const name of ["Orders API", "orders-api", "ORDERS!!api!"]) {
    assert.equal(
      shown(refuseNewService({ name, identifier: "" }, index, "2x")),
      `REGISTRY_NAME_TAKEN: Creating service in Application failed, Service with name ${name} already exists`,
    );
    assert.equal(refuseNewService({ name, identifier: "" }, index, "1x"), undefined);
  }
});

test("service identity - names without ASCII letters never collide", () => {
  assert.equal(refuseNewService({ name: "注文", identifier: "" }, index, "2x"), undefined);
  assert.equal(refuseNewService({ name: "---", identifier: "" }, index, "2x"), undefined);
});

test("service identity - a service keeps its address in 2.x, and may not take that of another", () => {
  for (const name of ["Users", "Orders"]) {
    assert.equal(
      shown(refuseRename({ name }, orders, "2x")),
      `REGISTRY_NAME_CHANGED: Updating 1 service failed, updating service in Application repository failed, Cannot change service name to ${name} for service with ID 1`,
    );
    assert.equal(refuseRename({ name }, orders, "1x"), undefined);
  }
  assert.equal(refuseRename({ name: "orders (API)" }, orders, "2x"), undefined);
  assert.equal(refuseRename({ name: "顧客" }, service("2", "注文"), "2x"), undefined);
  assert.equal(refuseRename({ name: "Orders" }, service("2", "注文"), "2x")?.code, "REGISTRY_NAME_CHANGED");
});
