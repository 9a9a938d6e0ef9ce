import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import {
  clusterAssetGroupKind,
  type ClusterAssetGroup,
} from "../../../src/core/resources/cluster-asset-group.ts";
import {
  serviceChanged,
  specificationRefreshed,
  type ServiceChange,
  type SpecificationRefresh,
} from "../../../src/telemetry/channels.ts";
import { call } from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { noticedLines } from "../../doubles/noticed.ts";
import {
  plainService,
  put,
  registered,
  registryScene,
  servicesPath,
  type RegistryScene,
} from "../../doubles/registry.ts";
import { startTarget, type Target } from "../../doubles/target.ts";
import type { RegistryOptions } from "../../../src/registry/options.ts";

const INTERVAL = 24 * 60 * 60 * 1000;
/** Timers that are longer are the schedule's: upkeep comes every hour. */
const LONG = 60 * 60 * 1000;

/** A clock whose long timers go off when the test says so. */
class Schedule implements Clock {
  readonly now = () => systemClock.now();
  readonly monotonic = () => systemClock.monotonic();
  readonly times: number[] = [];
  #action: (() => void) | undefined;

  after(milliseconds: number, action: () => void): Disposable {
    if (milliseconds <= LONG) return systemClock.after(milliseconds, action);
    this.times.push(milliseconds);
    this.#action = action;
    return { [Symbol.dispose]: () => (this.#action = undefined) };
  }

  /** Resolves when the next round is planned. */
  async round(): Promise<void> {
    const { length } = this.times;
    await eventually(() => ok(this.#action));
    const action = this.#action;
    this.#action = undefined;
    action?.();
    await eventually(() => ok(this.times.length > length));
  }
}

interface RefreshScene extends RegistryScene {
  readonly schedule: Schedule;
  readonly refreshes: SpecificationRefresh[];
  readonly changes: ServiceChange[];
}

async function scene(context: TestContext, options: Partial<RegistryOptions> = {}): Promise<RefreshScene> {
  const schedule = new Schedule();
  // Where chance makes the first round come soon, its timer is no long one: so long an interval has none such.
  const opened = await registryScene(context, {
    clock: schedule,
    options: { specRefreshInterval: INTERVAL * 1_000_000, ...options },
  });
  const refreshes: SpecificationRefresh[] = [];
  const changes: ServiceChange[] = [];
  const refresh = (told: unknown) => void refreshes.push(told as SpecificationRefresh);
  const change = (told: unknown) => void changes.push(told as ServiceChange);
  specificationRefreshed.subscribe(refresh);
  serviceChanged.subscribe(change);
  context.after(() => {
    specificationRefreshed.unsubscribe(refresh);
    serviceChanged.unsubscribe(change);
  });
  return { ...opened, schedule, refreshes, changes };
}

const documentOf = (title: string) =>
  JSON.stringify({ openapi: "3.0.0", info: { title, version: "1" }, paths: {} });

const apiAt = (target: Target, more: object = {}) => ({
  targetUrl: "https://a.example",
  specificationUrl: `${target.url}/spec`,
  ...more,
});

async function titleOf({ origin }: RegistryScene, id: string): Promise<string> {
  const { text } = await call(origin, `${servicesPath()}/${id}`);
  return (JSON.parse(text) as { api: { spec: { info: { title: string } } } }).api.spec.info.title;
}

async function versionsOf({ store }: RegistryScene, id: string): Promise<number> {
  const group = await store.collection<ClusterAssetGroup>(clusterAssetGroupKind).get({ name: id });
  const text = group?.metadata.annotations?.["appconn.dev/document-versions"] ?? "[]";
  return (JSON.parse(text) as unknown[]).length;
}

test("scheduled refresh - a specification that has changed is published, one that has not makes no new version", async (context) => {
  let title = "first";
  await using target = await startTarget((answered) => void answered.respond(200, {}, documentOf(title)));
  const opened = await scene(context);
  const { schedule, refreshes, changes, origin } = opened;
  const id = await registered(origin, plainService("a", { api: apiAt(target) }));
  changes.length = 0;
  await schedule.round();
  deepEqual(refreshes, [{ outcome: "unchanged", application: "shop", service: id }]);
  deepEqual([await versionsOf(opened, id), changes.length], [1, 0]);
  title = "second";
  await schedule.round();
  equal(refreshes[1]?.outcome, "changed");
  deepEqual([await titleOf(opened, id), await versionsOf(opened, id)], ["second", 2]);
  const [change] = changes;
  deepEqual(
    [changes.length, change?.action, change?.application, change?.service, change?.name],
    [1, "refresh", "shop", id, "a"],
  );
  match(change?.before ?? "", /^[0-9a-f]{64}$/);
  match(change?.after ?? "", /^[0-9a-f]{64}$/);
  ok(change?.before !== change?.after);
});

test("scheduled refresh - where it fails the former document stays, and who reads the service is told until it succeeds", async (context) => {
  let status = 200;
  await using target = await startTarget((answered) => void answered.respond(status, {}, documentOf("t")));
  const opened = await scene(context);
  const { schedule, refreshes, origin } = opened;
  const id = await registered(origin, plainService("a", { api: apiAt(target) }));
  const lines = noticedLines(context);
  const warningsOf = async () => (await call(origin, `${servicesPath()}/${id}`)).headers["warning"] ?? "";
  equal(await warningsOf(), "");
  status = 503;
  await schedule.round();
  equal(refreshes[0]?.outcome, "failed");
  match(refreshes[0]?.reason ?? "", /^Refreshing specification of service with ID .* failed with status 503/);
  match(await warningsOf(), /^199 - "Refreshing specification of service with ID .* failed with status 503/);
  equal(await titleOf(opened, id), "t");
  deepEqual(lines, [`Application/shop SpecificationNotFetched: ${refreshes[0]?.reason}`]);
  status = 200;
  await schedule.round();
  equal(refreshes[1]?.outcome, "unchanged");
  equal(await warningsOf(), "");
});

test("scheduled refresh - a document that breaks its format is refused where that is strict", async (context) => {
  let document = documentOf("t");
  await using target = await startTarget((answered) => void answered.respond(200, {}, document));
  const opened = await scene(context, { specValidation: "strict" });
  const id = await registered(opened.origin, plainService("a", { api: apiAt(target) }));
  document = '{"openapi":"3.0.0"}';
  await opened.schedule.round();
  equal(opened.refreshes[0]?.outcome, "failed");
  equal(await titleOf(opened, id), "t");
});

test("scheduled refresh - what was sent inline, or fetched with what is not kept, is not fetched again", async (context) => {
  await using target = await startTarget((answered) => void answered.respond(200, {}, documentOf("t")));
  const { schedule, refreshes, origin } = await scene(context);
  const withPassword = `${target.url.replace("//", "//anna:geheim@")}/spec`;
  const apis = [
    apiAt(target, { spec: { openapi: "3.0.0" } }),
    apiAt(target, { specificationCredentials: { basic: { username: "a", password: "b" } } }),
    apiAt(target, { specificationRequestParameters: { headers: { "X-Key": ["k"] } } }),
    apiAt(target, { specificationUrl: withPassword }),
  ];
  for (const [index, api] of apis.entries()) await registered(origin, plainService(`s${index}`, { api }));
  const fetched = target.calls.length;
  equal(fetched, 3);
  await schedule.round();
  deepEqual([target.calls.length, refreshes], [fetched, []]);
});

test("scheduled refresh - a change of the service ends or begins it, whatever it was before", async (context) => {
  await using target = await startTarget((answered) => void answered.respond(200, {}, documentOf("t")));
  const { schedule, refreshes, origin } = await scene(context);
  const id = await registered(origin, plainService("a", { api: apiAt(target) }));
  const inline = apiAt(target, { spec: JSON.parse(documentOf("t")) as object });
  equal((await put(origin, id, plainService("a", { api: inline }))).status, 200);
  await schedule.round();
  deepEqual(refreshes, []);
  equal((await put(origin, id, plainService("a", { api: apiAt(target) }))).status, 200);
  await schedule.round();
  equal(refreshes.length, 1);
  equal((await call(origin, `${servicesPath()}/${id}`, { method: "DELETE" })).status, 204);
  await schedule.round();
  equal(refreshes.length, 1);
});

test("scheduled refresh - so many services are asked two at a time, and none twice", async (context) => {
  let [running, most] = [0, 0];
  await using target = await startTarget(async (answered) => {
    most = Math.max(most, ++running);
    await answered.body;
    running--;
    await answered.respond(200, {}, documentOf("t"));
  });
  const { schedule, refreshes, origin } = await scene(context);
  const ids: string[] = [];
  for (let index = 0; index < 9; index++) {
    ids.push(await registered(origin, plainService(`s${index}`, { api: apiAt(target) })));
  }
  most = 0;
  await schedule.round();
  deepEqual(refreshes.map(({ service }) => service).toSorted(), ids.toSorted());
  ok(most <= 2, `${most} at once`);
});

test("scheduled refresh - rounds come at times that differ by a tenth, and by default none comes", async (context) => {
  const { schedule } = await scene(context);
  for (let index = 0; index < 5; index++) await schedule.round();
  const [first = 0, ...later] = schedule.times.map((time) => time / (INTERVAL * 1_000_000));
  ok(first <= 1);
  ok(later.every((time) => time >= 0.9 && time <= 1.1));
  const idle = await scene(context, { specRefreshInterval: 0 });
  deepEqual(idle.schedule.times, []);
});
