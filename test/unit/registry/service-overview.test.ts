import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplicationService } from "../../../src/core/resources/application.ts";
import { changedService, serviceList } from "../../../src/registry/service-overview.ts";

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
    serviceList([service]),
    '[{"id":"5f1c","provider":"Acme","name":"Orders API","description":"All about orders","identifier":"acme-orders","labels":{"connected-app":"shop"}}]',
  );
});

test("service overview - an empty identifier is left out, labels that there are not are null", () => {
  const { labels: _labels, longDescription: _long, ...bare } = service;
  assert.equal(
    serviceList([{ ...bare, identifier: "" }]),
    '[{"id":"5f1c","provider":"Acme","name":"Orders API","description":"Orders","labels":null}]',
  );
});

test("service overview - a change is answered without the id", () => {
  assert.equal(
    changedService(service),
    '{"provider":"Acme","name":"Orders API","description":"All about orders","identifier":"acme-orders","labels":{"connected-app":"shop"}}',
  );
});

const NUMBERED = { "9": "n", "10": "t" };
const NAMED = { team: "shop", "connected-app": "shop", Z: "<>", "\u{1f600}": "e", "\uff5e": "f" };
const NAMED_JSON = '"Z":"\\u003c\\u003e","connected-app":"shop","team":"shop","\uff5e":"f","\u{1f600}":"e"';

for (const [labels, json] of [
  [NAMED, `{${NAMED_JSON}}`],
  [{ ...NAMED, ...NUMBERED }, `{"10":"t","9":"n",${NAMED_JSON}}`],
  [{}, "{}"],
] as const) {
  test(`service overview - ${Object.keys(labels).length} labels are in the order of their bytes, as Go writes a map`, () => {
    const labelled = { ...service, identifier: "", labels };
    const text = `"provider":"Acme","name":"Orders API","description":"All about orders","labels":${json}}`;
    assert.equal(changedService(labelled), `{${text}`);
    assert.equal(serviceList([labelled, labelled]), `[{"id":"5f1c",${text},{"id":"5f1c",${text}]`);
  });
}
