import { configMapKind } from "../../../src/core/resources/config-map.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { LabelRequirement, Selector } from "../../../src/stores/store.ts";
import { failureOf, type Subject, type Subjects } from "./subject.ts";

export function listingContract(name: string, subjects: Subjects): void {
  test(`${name} store - a list is sorted by namespace and name`, async () => {
    const subject = subjects();
    const { namespace } = await filled(subject, ["b", "a-1", "a", "c"]);
    const { items, resourceVersion, ...rest } = await subject.configMaps.list({ namespace });
    deepEqual(namesOf(items), ["a", "a-1", "b", "c"]);
    ok(Number(resourceVersion) >= Math.max(...items.map((item) => Number(item.metadata.resourceVersion))));
    deepEqual(rest, {});
    const everywhere = await subject.configMaps.list();
    const keys = everywhere.items.map(({ metadata }) => `${metadata.namespace} ${metadata.name}`);
    deepEqual(keys, keys.toSorted());
    for (const item of items) ok(keys.includes(`${namespace} ${item.metadata.name}`));
  });

  test(`${name} store - a list of an unknown namespace is empty`, async () => {
    const { configMaps, unique } = subjects();
    deepEqual((await configMaps.list({ namespace: unique() })).items, []);
  });

  test(`${name} store - label selectors choose as Kubernetes does`, async () => {
    const subject = subjects();
    const namespace = await subject.namespace();
    const labels: Record<string, Record<string, string>> = {
      gold: { tier: "gold", rank: "10" },
      none: {},
      silver: { tier: "silver", rank: "9" },
      word: { tier: "", rank: "high" },
    };
    for (const [wanted, set] of Object.entries(labels)) {
      await subject.configMaps.create({ metadata: { name: wanted, namespace, labels: set } });
    }
    const chosen = async (...requirements: LabelRequirement[]) =>
      namesOf((await subject.configMaps.list({ namespace, labels: requirements })).items);
    const tier = (operator: LabelRequirement["operator"], ...values: string[]) => ({
      key: "tier",
      operator,
      values,
    });
    deepEqual(await chosen(tier("=", "gold")), ["gold"]);
    deepEqual(await chosen(tier("!=", "gold")), ["none", "silver", "word"]);
    deepEqual(await chosen(tier("in", "gold", "silver")), ["gold", "silver"]);
    deepEqual(await chosen(tier("notin", "gold", "silver")), ["none", "word"]);
    deepEqual(await chosen(tier("exists")), ["gold", "silver", "word"]);
    deepEqual(await chosen(tier("!exists")), ["none"]);
    deepEqual(await chosen({ key: "rank", operator: ">", values: ["9"] }), ["gold"]);
    deepEqual(await chosen({ key: "rank", operator: "<", values: ["10"] }), ["silver"]);
    deepEqual(await chosen(tier("exists"), { key: "rank", operator: "=", values: ["9"] }), ["silver"]);
    deepEqual(await chosen({ key: "constructor", operator: "exists", values: [] }), []);
  });

  test(`${name} store - field selectors choose by name, namespace and what the kind offers`, async () => {
    const subject = subjects();
    const { namespace } = await filled(subject, ["a", "b"]);
    const fields = (field: string, operator: "=" | "!=", value: string): Selector => ({
      namespace,
      fields: [{ field, operator, value }],
    });
    const { configMaps, secrets } = subject;
    deepEqual(namesOf((await configMaps.list(fields("metadata.name", "=", "a"))).items), ["a"]);
    deepEqual(namesOf((await configMaps.list(fields("metadata.name", "!=", "a"))).items), ["b"]);
    deepEqual(namesOf((await configMaps.list(fields("metadata.namespace", "=", "x"))).items), []);
    await secrets.create({ metadata: { name: "plain", namespace } });
    await secrets.create({ metadata: { name: "typed", namespace }, type: "a/b" });
    deepEqual(namesOf((await secrets.list(fields("type", "=", "a/b"))).items), ["typed"]);
    deepEqual(namesOf((await secrets.list(fields("type", "=", "Opaque"))).items), ["plain"]);
    const failure = await failureOf(configMaps.list(fields("data.a", "=", "1")), "STORE_BAD_SELECTOR");
    equal(failure.message, "field label not supported: data.a");
  });

  test(`${name} store - pages hold everything once, under the version of the first`, async () => {
    const subject = subjects();
    const { namespace } = await filled(subject, ["a", "b", "c", "d", "e"]);
    const first = await subject.configMaps.list({ namespace }, { limit: 2 });
    deepEqual([namesOf(first.items), first.remainingItemCount], [["a", "b"], 3]);
    await subject.configMaps.create({
      metadata: { name: "elsewhere", namespace: await subject.namespace() },
    });
    const second = await subject.configMaps.list({ namespace }, { limit: 2, continue: token(first) });
    deepEqual([namesOf(second.items), second.remainingItemCount], [["c", "d"], 1]);
    const third = await subject.configMaps.list({ namespace }, { limit: 2, continue: token(second) });
    deepEqual(
      [namesOf(third.items), third.continue, third.remainingItemCount],
      [["e"], undefined, undefined],
    );
    deepEqual(
      [second.resourceVersion, third.resourceVersion],
      [first.resourceVersion, first.resourceVersion],
    );
  });

  test(`${name} store - a page that ends with the last object promises no other`, async () => {
    const subject = subjects();
    const { namespace } = await filled(subject, ["a", "b"]);
    const page = await subject.configMaps.list({ namespace }, { limit: 2 });
    deepEqual([namesOf(page.items), page.continue], [["a", "b"], undefined]);
    const all = await subject.configMaps.list({ namespace }, { limit: 0 });
    deepEqual([namesOf(all.items), all.continue], [["a", "b"], undefined]);
  });

  test(`${name} store - pages of a selection go on until the last match`, async () => {
    const subject = subjects();
    const { namespace } = await filled(subject, ["a", "b", "c", "d", "e"]);
    const selector = { namespace, labels: [{ key: "odd", operator: "=", values: ["yes"] }] } as const;
    const first = await subject.configMaps.list(selector, { limit: 2 });
    deepEqual([namesOf(first.items), first.remainingItemCount], [["a", "c"], undefined]);
    const second = await subject.configMaps.list(selector, { limit: 2, continue: token(first) });
    deepEqual([namesOf(second.items), second.continue], [["e"], undefined]);
  });

  test(`${name} store - the text of a list is its items, page by page and selected alike`, async () => {
    const subject = subjects();
    // The text has what only those see who ask for it.
    const configMaps = subject.store.collection(configMapKind, { managedFields: true });
    const secrets = subject.store.collection(secretKind, { managedFields: true });
    const { namespace } = await filled(subject, ["a", "b", "c"]);
    const big = JSON.parse(`{"__proto__": "own", "long": ${JSON.stringify("€".repeat(70_000))}}`);
    await subject.configMaps.create({ metadata: { name: "d", namespace }, data: big });
    await subject.secrets.create({ metadata: { name: "s", namespace }, stringData: { a: "b" } });
    const selector = { namespace, labels: [{ key: "odd", operator: "exists", values: [] }] } as const;
    const first = await configMaps.list({ namespace }, { limit: 2 });
    const rest = { continue: token(first) };
    for (const [items, text] of [
      [await configMaps.list({ namespace }), await configMaps.listText({ namespace })],
      [first, await configMaps.listText({ namespace }, { limit: 2 })],
      [await configMaps.list({ namespace }, rest), await configMaps.listText({ namespace }, rest)],
      [await configMaps.list(selector), await configMaps.listText(selector)],
      [await secrets.list({ namespace }), await secrets.listText({ namespace })],
    ] as const) {
      const { pieces, ...place } = text;
      ok(items.items.length > 0);
      deepEqual({ items: JSON.parse(`[${Buffer.concat(pieces).toString()}]`), ...place }, items);
    }
    const none = await configMaps.listText({ namespace: subject.unique() });
    deepEqual(none.pieces, []);
  });

  test(`${name} store - a continue token that is none is refused`, async () => {
    const { configMaps } = subjects();
    for (const bad of ["", "nonsense", "e30", Buffer.from('{"v":"x"}').toString("base64url")]) {
      await failureOf(configMaps.list({}, { continue: bad }), "STORE_BAD_CONTINUE");
    }
  });
}

/** Config maps of those names in a new namespace; every other one has the label `odd`. */
async function filled({ configMaps, namespace }: Subject, names: readonly string[]) {
  const created = await namespace();
  for (const [index, wanted] of names.entries()) {
    const labels = index % 2 === 0 ? { odd: "yes" } : undefined;
    await configMaps.create({ metadata: { name: wanted, namespace: created, ...(labels && { labels }) } });
  }
  return { namespace: created };
}

function namesOf(items: readonly { readonly metadata: { readonly name: string } }[]): string[] {
  return items.map(({ metadata }) => metadata.name);
}

function token(page: { readonly continue?: string }): string {
  ok(page.continue);
  return page.continue;
}
