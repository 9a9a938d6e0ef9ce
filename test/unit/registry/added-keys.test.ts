import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { secretKind, type Secret } from "../../../src/core/resources/secret.ts";
import { textOf } from "../../../src/registry/secret-data.ts";
import type { Store } from "../../../src/stores/store.ts";
import { call } from "../../doubles/connector.ts";
import {
  fullService,
  NAMESPACE,
  plainService,
  put,
  registered,
  registryScene,
  servicesPath,
} from "../../doubles/registry.ts";

async function secretTexts(store: Store, name: string) {
  const { data } = (await store.collection<Secret>(secretKind).get({ name, namespace: NAMESPACE })) ?? {};
  return Object.fromEntries(Object.keys(data ?? {}).map((key) => [key, textOf(data, key)]));
}

test("added keys - what an operator adds to a Secret outlives a change of the credential and a rotation", async (context) => {
  const { origin, store } = await registryScene(context);
  const secrets = store.collection<Secret>(secretKind);
  const credentials = { certificateGen: { commonName: "orders" } };
  const generated = plainService("generated", { api: { targetUrl: "https://a.example", credentials } });
  const ids = [await registered(origin, fullService()), await registered(origin, generated)] as const;
  const [plain, pair] = ids.map((id) => ({ name: `shop-${id}`, namespace: NAMESPACE }));
  ok(plain && pair);
  const add = { data: { scope: "b3JkZXJz" }, metadata: { labels: { team: "sales" } } };
  for (const ref of [plain, pair]) await secrets.patch(ref, { type: "merge", value: add });
  const api = {
    targetUrl: "https://a.example",
    credentials: { basic: { username: "berta", password: "neu" } },
  };
  equal((await put(origin, ids[0], fullService({ api }))).status, 200);
  deepEqual(await secretTexts(store, plain.name), { scope: "orders", username: "berta", password: "neu" });
  const rotation = `${servicesPath()}/${ids[1]}/certificate/rotate`;
  equal((await call(origin, rotation, { method: "POST" })).status, 200);
  equal((await secretTexts(store, pair.name))?.["scope"], "orders");
  for (const ref of [plain, pair]) equal((await secrets.get(ref))?.metadata.labels?.["team"], "sales");
});
