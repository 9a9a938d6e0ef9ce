import { deepEqual, equal, ok } from "node:assert/strict";
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import {
  clusterAssetGroupKind,
  type ClusterAssetGroup,
} from "../../src/core/resources/cluster-asset-group.ts";
import type { Secret } from "../../src/core/resources/secret.ts";
import { call } from "../doubles/connector.ts";
import { eventually } from "../doubles/eventually.ts";
import { LineProcess } from "../doubles/line-process.ts";
import {
  applicationOf,
  keptObjects,
  openRegistryScene,
  servicesPath,
  type RegistryScene,
} from "../doubles/registry.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const ROUNDS = 12;
const WRITER = new URL("../doubles/registry-writer.ts", import.meta.url);

interface Step {
  readonly step: "ready" | "registered" | "changing" | "changed" | "removing" | "removed";
  readonly id: string;
  readonly version: number;
}

/** The steps that the process said before it was killed. */
async function killedSomewhere(directory: string, round: number): Promise<readonly Step[]> {
  await using writer = new LineProcess(WRITER, [directory, round === 0 ? "first" : "again"]);
  await eventually(() => ok(writer.lines.length > 1, writer.errors), { timeout: 60_000 });
  // Any moment will do: what is written then, nobody knows.
  await pause(randomInt(0, 250));
  await writer.kill();
  return writer.lines.map((line) => JSON.parse(line) as Step);
}

const textOf = ({ data = {} }: Secret, key: string) => Buffer.from(data[key] ?? "", "base64").toString();

interface Shown {
  readonly description: string;
  readonly labels: { readonly mark: string };
  readonly api: {
    readonly targetUrl: string;
    readonly spec: { readonly info: { readonly title: string } };
    readonly credentials: object;
    readonly requestParameters?: { readonly headers: { readonly mark: readonly string[] } };
  };
  readonly documentation: { readonly displayName: string };
}

/** The one version of which all parts of the service are. */
async function versionOf({ origin, store }: RegistryScene, id: string): Promise<number> {
  const { status, text, headers } = await call(origin, `${servicesPath()}/${id}`);
  equal(status, 200, text);
  equal(headers["warning"], undefined, "no Secret is missing");
  const { description: mark, labels, api, documentation } = JSON.parse(text) as Shown;
  equal(labels.mark, mark);
  equal(api.targetUrl, `https://target.example/${mark}`);
  equal(api.spec.info.title, mark);
  equal(documentation.displayName, mark);
  const version = Number(mark.slice(1));
  deepEqual(api.requestParameters?.headers.mark, version === 2 ? undefined : [mark]);
  const kind = version % 2 === 0 ? "basic" : "oauth";
  deepEqual(Object.keys(api.credentials), [kind]);
  const { secrets } = await keptObjects(store);
  const secret = secrets.find(({ metadata }) => metadata.name === `shop-${id}`);
  ok(secret);
  equal(textOf(secret, kind === "basic" ? "password" : "clientSecret"), mark);
  equal(Object.keys(secret.data ?? {}).length, 2, "nothing of the other kind is left in it");
  return version;
}

/** Nothing stands there but what belongs to a service of the Application. */
async function nothingIsLeft({ store }: RegistryScene, ids: ReadonlySet<string>): Promise<void> {
  const { secrets, accessServices } = await keptObjects(store);
  for (const { metadata } of [...secrets, ...accessServices]) {
    ok(!metadata.name.startsWith("registry-change"), "a change was not finished");
    ok(ids.has(metadata.name.replace(/^(?:params-)?shop-/, "")), `${metadata.name} is left`);
  }
  const groups = await store.collection<ClusterAssetGroup>(clusterAssetGroupKind).list();
  for (const { metadata } of groups.items)
    ok(ids.has(metadata.name), `the documents of ${metadata.name} are left`);
}

test("registry - after kill -9 each service is there as a whole or not at all, and nothing is left behind", async () => {
  using directory = new TemporaryDirectory();
  const met = new Set<string>();
  const all: Step[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    all.push(...(await killedSomewhere(directory.path, round)));
    await using scene = await openRegistryScene({ directory: directory.path });
    const services = (await applicationOf(scene.store)).spec?.services ?? [];
    const ids = new Set(services.map(({ id }) => id));
    equal(ids.size, services.length, "no service is there twice");
    await nothingIsLeft(scene, ids);
    const last = Map.groupBy(all, ({ id }) => id);
    for (const [id, steps] of last) {
      const step = steps.at(-1);
      if (!step || step.step === "ready") continue;
      if (step.step === "removed") ok(!ids.has(id), "what was removed is gone");
      else if (step.step !== "removing") ok(ids.has(id), "what was answered is there");
      if (!ids.has(id)) continue;
      const version = await versionOf(scene, id);
      const allowed = step.step === "changing" ? [step.version - 1, step.version] : [step.version];
      ok(allowed.includes(version), `${step.step} ${step.version}, and it is ${version}`);
      if (step.step === "changing") met.add(version === step.version ? "finished" : "not begun");
    }
    for (const id of ids)
      if (!last.has(id)) equal(await versionOf(scene, id), 0, "registered, and nobody was told");
  }
  // Which of both a kill meets is chance; that it meets changes under way is not.
  ok(met.size > 0, "no kill met a change");
});
