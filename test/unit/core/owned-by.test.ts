import assert from "node:assert/strict";
import { test } from "node:test";
import { isOwnedBy } from "../../../src/core/resources/owned-by.ts";
import type { Metadata } from "../../../src/core/resources/resource.ts";

const OURS = new Set(["shop", "a".repeat(70)]);

const owner = (name: string, more: object = {}) => ({
  apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
  kind: "Application",
  name,
  uid: "u",
  ...more,
});

function isOurs(metadata: Partial<Metadata>): boolean {
  return isOwnedBy(OURS, { metadata: metadata as Metadata });
}

for (const [what, metadata, expected] of [
  ["by its label", { labels: { app: "shop" } }, true],
  ["by its label and its owner", { labels: { app: "shop" }, ownerReferences: [owner("shop")] }, true],
  [
    "by a label that was cut, with its owner",
    { labels: { app: "a".repeat(63) }, ownerReferences: [owner("a".repeat(70))] },
    true,
  ],
  [
    "with an owner of another kind beside",
    { labels: { app: "shop" }, ownerReferences: [owner("x", { kind: "Deployment", apiVersion: "apps/v1" })] },
    true,
  ],
  ["not without a label", { ownerReferences: [owner("shop")] }, false],
  ["not by the label of another", { labels: { app: "stock" } }, false],
  [
    "not by its owner under the label of another",
    { labels: { app: "stock" }, ownerReferences: [owner("shop")] },
    false,
  ],
  ["not where it has an owner beside ours", owners("shop", "stock"), false],
  ["not where its owner is another", owners("stock"), false],
  ["not by a label that was cut, without an owner", { labels: { app: "a".repeat(63) } }, false],
  ["not as a record of the registry", { labels: { app: "shop", registry: "service" } }, false],
] as const satisfies readonly (readonly [string, Partial<Metadata>, boolean])[]) {
  test(`owned by - a Secret belongs to an Application ${what}`, () =>
    assert.equal(isOurs(metadata), expected));
}

function owners(...names: readonly string[]): Partial<Metadata> {
  return { labels: { app: "shop" }, ownerReferences: names.map((name) => owner(name)) };
}
