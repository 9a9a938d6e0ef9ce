import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplicationService } from "../../../src/core/resources/application.ts";
import { goJson } from "../../../src/http/go-json.ts";
import { changedService, serviceOverview } from "../../../src/registry/service-overview.ts";

const service: ApplicationService = {
  id: "5f1c",
  name: "orders-api-bd1c1",
  displayName: "Orders API",
  providerDisplayName: "Acme",
  description: "Orders",
  longDescription: "All about orders",
  identifier: "acme-orders",
  labels: { "connected-app": "shop" },
  entries: [],
};

test("service overview - a list has the long description, and no entries", () => {
  assert.equal(
    goJson(serviceOverview(service)),
    '{"id":"5f1c","provider":"Acme","name":"Orders API","description":"All about orders","identifier":"acme-orders","labels":{"connected-app":"shop"}}',
  );
});

test("service overview - an empty identifier is left out, labels that there are not are null", () => {
  const { labels: _labels, longDescription: _long, ...bare } = service;
  assert.equal(
    goJson(serviceOverview({ ...bare, identifier: "" })),
    '{"id":"5f1c","provider":"Acme","name":"Orders API","description":"Orders","labels":null}',
  );
});

test("service overview - a change is answered without the id", () => {
  assert.equal(
    goJson(changedService(service)),
    '{"provider":"Acme","name":"Orders API","description":"All about orders","identifier":"acme-orders","labels":{"connected-app":"shop"}}',
  );
});
