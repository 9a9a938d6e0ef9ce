import assert from "node:assert/strict";
import { test } from "node:test";
import { callsOf } from "../../../src/cli/describe/api-calls.ts";
import type { Application, ApplicationEntry } from "../../../src/core/resources/application.ts";

const urls = { gatewayUrl: "http://g:8080", compassUrl: "http://g:8082" };

function application(
  services: readonly { name: string; entries: readonly ApplicationEntry[] }[],
): Application {
  return {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name: "shop", uid: "u", resourceVersion: "1", creationTimestamp: "2026-11-21T00:00:00Z" },
    spec: {
      services: services.map(({ name, entries }, index) => ({
        id: String(index),
        name,
        displayName: name,
        providerDisplayName: "p",
        description: "d",
        entries: [...entries],
      })),
    },
  };
}

const api = (name?: string): ApplicationEntry => ({ type: "API", ...(name === undefined ? {} : { name }) });

test("calls - an API that stands alone in its service has a path of two segments, named ones also of three", () => {
  const [plain, named] = [api(), api("REST v1")];
  const calls = callsOf(
    application([
      { name: "Orders API", entries: [plain] },
      { name: "Größe", entries: [named, { type: "Events" }] },
    ]),
    urls,
  );
  assert.deepEqual(calls.get(plain)?.urls, ["http://g:8080/shop/orders-api/"]);
  assert.deepEqual(calls.get(named)?.urls, ["http://g:8080/shop/gr-e/", "http://g:8082/shop/gr-e/rest-v1/"]);
  assert.equal(calls.size, 2);
});

test("calls - a bundle of several APIs is called by three segments only", () => {
  const [first, second] = [api("one"), api("two")];
  const calls = callsOf(application([{ name: "Bundle", entries: [first, second] }]), urls);
  assert.deepEqual(calls.get(first)?.urls, ["http://g:8082/shop/bundle/one/"]);
  assert.deepEqual(calls.get(second)?.urls, ["http://g:8082/shop/bundle/two/"]);
});

test("calls - APIs that no path tells apart cannot be called, and it is said why", () => {
  const [first, second] = [api("same"), api("Same!")];
  const calls = callsOf(
    application([
      { name: "Twice", entries: [first] },
      { name: "twice", entries: [second] },
    ]),
    urls,
  );
  for (const entry of [first, second]) {
    assert.deepEqual(calls.get(entry)?.urls, []);
    assert.match(calls.get(entry)?.problem ?? "", /2 APIs share the path \/shop\/twice/);
  }
});
