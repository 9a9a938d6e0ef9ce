import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { ConfigMap } from "../../../src/core/resources/config-map.ts";
import type { Listed } from "../../../src/stores/store.ts";
import { failureOf, type Subjects } from "./subject.ts";

export function pastListsContract(name: string, subjects: Subjects): void {
  test(`${name} store - a list of exactly a version of the past is the one that was given then`, async () => {
    const { configMaps, secrets, namespace } = subjects();
    const [inside, outside] = [await namespace(), await namespace()];
    const selectors = [
      { namespace: inside },
      { namespace: inside, labels: [{ key: "on", operator: "exists", values: [] }] },
      { namespace: inside, fields: [{ field: "metadata.name", operator: "=", value: "m3" }] },
    ] as const;
    const given: { readonly selector: (typeof selectors)[number]; readonly list: Listed<ConfigMap> }[] = [];
    await configMaps.create({ metadata: { name: "m3", namespace: outside } });
    for (let step = 0; step < 60; step++) {
      const ref = { name: `m${(step * 5) % 7}`, namespace: inside };
      const labels = step % 3 === 0 ? { on: `${step}` } : { on: null };
      const value = { metadata: { labels }, data: { step: String(step) } };
      await (
        step % 4 === 3
          ? configMaps.remove(ref)
          : configMaps.patch(ref, { type: "merge", value }).catch(() => configMaps.create({ metadata: ref }))
      ).catch(() => undefined);
      await secrets.create({ metadata: { name: `s${step}`, namespace: inside } });
      for (const selector of step % 10 === 0 ? selectors : []) {
        given.push({ selector, list: await configMaps.list(selector) });
      }
    }
    ok(given.some(({ list }) => list.items.length > 2));
    for (const { selector, list } of given) {
      const exactly = list.resourceVersion;
      deepEqual(await configMaps.list(selector, { exactly }), list);
      const pages: ConfigMap[] = [];
      let token: string | undefined;
      do {
        const from = token === undefined ? { exactly } : { continue: token };
        const page = await configMaps.list(selector, { limit: 2, ...from });
        equal(page.resourceVersion, exactly);
        pages.push(...page.items);
        token = page.continue;
      } while (token !== undefined);
      deepEqual(pages, list.items);
    }
  });

  test(`${name} store - Secrets are listed as they were too, and are opened for nobody else`, async () => {
    const { secrets, namespace } = subjects();
    const inside = await namespace();
    const made = await secrets.create({
      metadata: { name: "a", namespace: inside },
      stringData: { k: "old" },
    });
    const { resourceVersion: exactly } = made.metadata;
    await secrets.update({ ...made, stringData: { k: "new" } });
    await secrets.remove({ name: "a", namespace: inside });
    deepEqual((await secrets.list({ namespace: inside }, { exactly })).items, [made]);
    deepEqual((await secrets.list({ namespace: inside })).items, []);
  });

  test(`${name} store - the present, and what is still to come, is listed as it is now`, async () => {
    const { configMaps, namespace } = subjects();
    const inside = await namespace();
    await configMaps.create({ metadata: { name: "a", namespace: inside } });
    const now = await configMaps.list({ namespace: inside });
    const { resourceVersion: exactly } = now;
    deepEqual(await configMaps.list({ namespace: inside }, { exactly }), now);
    const later = await configMaps.list({ namespace: inside }, { exactly: "9".repeat(30) });
    deepEqual(later.items, now.items);
    ok(BigInt(later.resourceVersion) < 10n ** 20n);
  });

  test(`${name} store - a list of exactly what is no version is refused`, async () => {
    await failureOf(subjects().configMaps.list({}, { exactly: "abc" }), "STORE_BAD_VERSION");
  });
}
