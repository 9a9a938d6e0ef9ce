import assert from "node:assert/strict";
import { test } from "node:test";
import { startMetrics, type Metrics } from "../../../src/telemetry/metrics.ts";
import { userOf } from "../../doubles/access.ts";
import { APPLICATIONS, application, ask, SECRETS } from "../../doubles/admin-client.ts";
import { startAdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { parseMetrics, type Sample } from "../../doubles/parse-metrics.ts";
import { WatchReader } from "../../doubles/watch-reader.ts";

const KIND = "applications.applicationconnector.kyma-project.io";

function metricsOfAdmin(): Metrics {
  return startMetrics({
    version: "1",
    durationsPerApplication: true,
    sinks: [],
    clock: new FakeClock(),
  });
}

async function samples(metrics: Metrics, name: string): Promise<readonly Sample[]> {
  let text = "";
  for await (const piece of metrics.text()) text += piece;
  return parseMetrics(text).get(`appconn_admin_${name}`)?.samples ?? [];
}

/** `verb resource code` → how often. */
async function counts(metrics: Metrics): Promise<Readonly<Record<string, number>>> {
  const all = await samples(metrics, "requests_total");
  return Object.fromEntries(
    all.map(({ labels, value }) => [`${labels["verb"]} ${labels["resource"]} ${labels["code"]}`, value]),
  );
}

test("admin metrics - requests are counted by verb, kind and status, refused ones too", async () => {
  using metrics = metricsOfAdmin();
  await using server = await startAdminServer();
  const viewer = await userOf(server, { name: "viewer", role: "viewer" });
  await ask(server, APPLICATIONS, { body: application("shop") });
  await ask(server, APPLICATIONS);
  await ask(server, `${APPLICATIONS}/nobody`);
  await viewer.ask(`${SECRETS}/any`);
  await ask(server, APPLICATIONS, { headers: { authorization: "Bearer nobody" } });
  await ask(server, "/apis");
  await ask(server, "/readyz");
  await ask(server, "/v1/nowhere");
  await ask(server, "/nowhere");
  await eventually(async () => {
    assert.deepEqual(await counts(metrics), {
      "create accesstokens.appconn.dev 201": 1,
      [`create ${KIND} 201`]: 1,
      [`list ${KIND} 200`]: 1,
      [`get ${KIND} 404`]: 1,
      "get secrets 403": 1,
      [`list ${KIND} 401`]: 1,
      "get discovery 200": 1,
      "get health 200": 1,
      "get internal 404": 1,
      "get other 404": 1,
    });
  });
  const durations = await samples(metrics, "request_duration_seconds");
  const ends = durations.filter(({ name }) => name.endsWith("_count"));
  assert.equal(ends.find(({ labels }) => labels["verb"] === "create")?.value, 2);
});

test("admin metrics - open watches are counted by kind, and are no requests in flight; one too many is a 429", async () => {
  using metrics = metricsOfAdmin();
  await using server = await startAdminServer({ maxWatches: 1 });
  const reader = await WatchReader.open(server, `${APPLICATIONS}?watch=true`);
  const refused = await ask(server, `${APPLICATIONS}?watch=true`);
  assert.equal(refused.status, 429);
  const figures = async () => [
    (await samples(metrics, "inflight")).map(({ value }) => value),
    (await samples(metrics, "watches")).map(({ labels, value }) => [labels["resource"], value]),
  ];
  await eventually(async () => assert.deepEqual(await figures(), [[0], [[KIND, 1]]]));
  reader[Symbol.dispose]();
  await eventually(async () => assert.deepEqual(await figures(), [[0], [[KIND, 0]]]));
  assert.deepEqual(await counts(metrics), { [`watch ${KIND} 429`]: 1, [`watch ${KIND} 200`]: 1 });
  const durations = await samples(metrics, "request_duration_seconds");
  assert.deepEqual(durations, []);
});
