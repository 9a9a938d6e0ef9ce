import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { CallMetrics } from "../../../src/telemetry/call-metrics.ts";
import {
  adminAnswered,
  adminInFlight,
  breakerChanged,
  accessTokenRefused,
  eventWritten,
  cacheLookedUp,
  callFinished,
  callsInFlight,
  certificateEnds,
  connectorAnswered,
  handshakeRefused,
  ingressConnections,
  ingressRequestFinished,
  documentsSearched,
  registryAnswered,
  serviceCertificates,
  specificationRefreshed,
  tokenFetched,
  tunnelEnded,
  tunnelsMoved,
  tunnelsOpen,
  type FinishedCall,
} from "../../../src/telemetry/channels.ts";
import { DurationHistogram } from "../../../src/telemetry/duration-histogram.ts";
import { notice } from "../../../src/telemetry/notice.ts";
import { startMetrics, type Metrics } from "../../../src/telemetry/metrics.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { anEndedTunnel } from "../../doubles/ended-tunnel.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { parseMetrics, type Family, type Sample } from "../../doubles/parse-metrics.ts";

async function withMetrics(
  act: () => void | Promise<void>,
  { clock = new FakeClock(), durationsPerApplication = true, hasWorkers = false } = {},
): Promise<ReadonlyMap<string, Family>> {
  using metrics = startMetrics({ version: "1.2.3", durationsPerApplication, sinks: [], clock });
  const durations = new DurationHistogram().counted;
  const figures = { waiting: 2, bytes: { database: 8192, log: 0 }, commits: { writes: 7, durations } };
  if (hasWorkers) {
    const states = new Map([[1, { isReady: true, connections: 0 }]]);
    metrics.workers.use({ collect: () => Promise.resolve([]), states: () => states });
  }
  metrics.observeStore({ figures: () => Promise.resolve(figures) });
  await act();
  let text = "";
  for await (const piece of metrics.text()) text += piece;
  return parseMetrics(text);
}

function call(changes: Partial<FinishedCall> = {}): void {
  callFinished.publish(aFinishedCall(changes));
}

function samples(families: ReadonlyMap<string, Family>, name: string): readonly Sample[] {
  return families.get(`application_gateway_${name}`)?.samples ?? [];
}

function value(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>>,
) {
  const wanted = Object.entries(labels);
  return samples(families, name).find((sample) => wanted.every(([key, text]) => sample.labels[key] === text))
    ?.value;
}

test("metrics - calls are counted by API, method, code and origin", async () => {
  const families = await withMetrics(() => {
    call();
    call();
    call({ method: "POST", status: 502, targetStatus: 503 });
    call({ status: 502, origin: "gateway", gatewayError: "target", targetStatus: undefined });
  });
  const api = { application: "shop", service: "orders-api", entry: "rest-v1" };
  assert.deepEqual(
    samples(families, "requests_total").map(({ labels, value: count }) => ({ ...labels, count })),
    [
      { ...api, method: "GET", code: "200", origin: "target", count: 2 },
      { ...api, method: "POST", code: "502", origin: "target", count: 1 },
      { ...api, method: "GET", code: "502", origin: "gateway", count: 1 },
    ],
  );
});

test("metrics - unknown methods share one label and unknown applications make one series", async () => {
  const unknown = { application: undefined, service: undefined, entry: undefined, status: 404 };
  const families = await withMetrics(() => {
    for (let index = 0; index < 50; index++) call({ ...unknown, method: `M${index}`, origin: "gateway" });
  });
  assert.deepEqual(samples(families, "requests_total"), [
    {
      name: "application_gateway_requests_total",
      labels: { application: "", service: "", entry: "", method: "OTHER", code: "404", origin: "gateway" },
      value: 50,
    },
  ]);
});

test("metrics - durations fall into buckets by application, of targets only where one was called", async () => {
  const families = await withMetrics(() => {
    call({ milliseconds: 1, upstreamMilliseconds: 0.5 });
    call({ milliseconds: 30, upstreamMilliseconds: 20 });
    call({ milliseconds: 60_000, attempts: 0 });
  });
  const request = samples(families, "request_duration_seconds");
  const counts = new Map(request.map(({ name, labels, value: count }) => [labels["le"] ?? name, count]));
  assert.equal(counts.get("0.001"), 1);
  assert.equal(counts.get("0.025"), 1);
  assert.equal(counts.get("0.05"), 2);
  assert.equal(counts.get("10"), 2);
  assert.equal(counts.get("+Inf"), 3);
  assert.equal(counts.get("application_gateway_request_duration_seconds_sum"), 60.031);
  assert.ok(request.every(({ labels }) => labels["application"] === "shop"));
  assert.equal(value(families, "upstream_duration_seconds", { le: "+Inf" }), 2);
});

test("metrics - durations can be kept without the application label", async () => {
  const families = await withMetrics(
    () => {
      call({ application: "a" });
      call({ application: "b" });
    },
    { durationsPerApplication: false },
  );
  const request = samples(families, "request_duration_seconds");
  assert.ok(request.every(({ labels }) => !("application" in labels)));
  assert.equal(value(families, "request_duration_seconds", { le: "+Inf" }), 2);
});

test("metrics - repeated calls, token fetches, cache look-ups and calls in flight are counted", async () => {
  const fetched = { milliseconds: 1, background: false, failure: undefined, reason: undefined };
  const families = await withMetrics(() => {
    call({ attempts: 2 });
    tokenFetched.publish({ ...fetched, type: "OAuth", result: "ok" });
    tokenFetched.publish({ ...fetched, type: "csrf", result: "failed" });
    cacheLookedUp.publish({ cache: "token", hit: true });
    cacheLookedUp.publish({ cache: "csrf", hit: false });
    for (const delta of [1, 1, -1] as const) callsInFlight.publish({ delta });
  });
  assert.equal(value(families, "retries_total", { application: "shop" }), 1);
  assert.equal(value(families, "token_fetch_total", { type: "OAuth", result: "ok" }), 1);
  assert.equal(value(families, "token_fetch_total", { type: "csrf", result: "failed" }), 1);
  assert.equal(value(families, "cache_hits_total", { cache: "token" }), 1);
  assert.equal(value(families, "cache_misses_total", { cache: "csrf" }), 1);
  assert.equal(value(families, "cache_misses_total", { cache: "token" }), 0);
  assert.equal(value(families, "inflight", {}), 1);
});

test("metrics - tunnels are counted while they are open, and when they end by why; what they carry is counted meanwhile", async () => {
  const families = await withMetrics(() => {
    for (const delta of [1, 1, 1, -1, -1] as const) tunnelsOpen.publish({ delta });
    for (const toTarget of [1, 2]) tunnelsMoved.publish({ toTarget, toCaller: 25 });
    tunnelEnded.publish(anEndedTunnel());
    tunnelEnded.publish(anEndedTunnel({ reason: "changed" }));
  });
  assert.equal(value(families, "tunnels", {}), 1);
  assert.equal(value(families, "tunnels_ended_total", { reason: "caller" }), 1);
  assert.equal(value(families, "tunnels_ended_total", { reason: "changed" }), 1);
  assert.equal(value(families, "tunnels_ended_total", { reason: "idle" }), 0);
  assert.equal(value(families, "tunnel_bytes_total", { direction: "to-target" }), 3);
  assert.equal(value(families, "tunnel_bytes_total", { direction: "to-caller" }), 50);
});

test("metrics - what the gateway itself answered is counted by Application and by the code of the reason", async () => {
  const families = await withMetrics(() => {
    for (const failure of ["GATEWAY_RATE_LIMITED", "GATEWAY_RATE_LIMITED", "GATEWAY_CIRCUIT_OPEN", undefined])
      call({ failure });
  });
  assert.deepEqual(
    samples(families, "refusals_total").map(({ labels, value: count }) => [labels["failure"], count]),
    [
      ["GATEWAY_RATE_LIMITED", 2],
      ["GATEWAY_CIRCUIT_OPEN", 1],
    ],
  );
});

test("metrics - a breaker is listed from its first opening until it has been closed for a day", async () => {
  const names = { api: "1", application: "shop", service: "orders", entry: "rest" };
  const clock = new FakeClock();
  const known: (readonly Sample[])[] = [];
  await withMetrics(
    async () => {
      // A call that tried has failed again: it is open as before.
      for (const open of [true, true, false, true]) breakerChanged.publish({ ...names, open });
      breakerChanged.publish({ ...names, application: "crm", open: true });
      await clock.advance(30 * 3_600_000);
      breakerChanged.publish({ ...names, application: "crm", open: false });
    },
    { clock },
  ).then((families) =>
    known.push(samples(families, "breaker_open"), samples(families, "breaker_openings_total")),
  );
  const [open, openings] = known.map((list) =>
    list.map(({ labels, value: count }) => [labels["application"], count]),
  );
  assert.deepEqual(open, [
    ["shop", 1],
    ["crm", 0],
  ]);
  assert.deepEqual(openings, [
    ["shop", 2],
    ["crm", 1],
  ]);
  const forgotten = await withMetrics(
    async () => {
      for (const isOpen of [true, false]) breakerChanged.publish({ ...names, open: isOpen });
      await clock.advance(26 * 3_600_000);
    },
    { clock },
  );
  assert.deepEqual(samples(forgotten, "breaker_open"), []);
});

test("metrics - names of applications with any characters keep the format valid", async () => {
  const names: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), async (application) => {
      const families = await withMetrics(() =>
        call({ application, service: application, entry: application }),
      );
      assert.equal(value(families, "requests_total", { application, entry: application }), 1);
      names.push(application);
    }),
    // These end a line in the eyes of many, but not in this format.
    { numRuns: 30, examples: [["a\u2028b"], ["a\rb"]] },
  );
  assert.equal(names.length, 30);
});

test("metrics - the process tells its event loop lag, memory, garbage collection and version", async () => {
  const families = await withMetrics(() => {});
  const names = [
    "process_resident_memory_bytes",
    "nodejs_eventloop_lag_p99_seconds",
    "nodejs_gc_duration_seconds",
  ];
  assert.deepEqual(
    names.filter((name) => !families.has(name)),
    [],
  );
  assert.equal(families.get("appconn_build_info")?.samples[0]?.labels["version"], "1.2.3");
});

test("metrics - an API that was not called for a day is forgotten, one that is called stays", async () => {
  const clock = new FakeClock();
  const families = await withMetrics(
    async () => {
      call({ application: "deleted" });
      for (let hour = 0; hour < 26; hour++) {
        call({ application: "alive" });
        // eslint-disable-next-line no-await-in-loop -- one hour after another
        await clock.advance(3_600_000);
      }
    },
    { clock },
  );
  const applications = samples(families, "requests_total").map(({ labels }) => labels["application"]);
  assert.deepEqual(applications, ["alive"]);
  assert.equal(value(families, "requests_total", { application: "alive" }), 26);
  const durations = samples(families, "request_duration_seconds").map(({ labels }) => labels["application"]);
  assert.deepEqual([...new Set(durations)], ["alive"]);
});

test("metrics - after being disposed of nothing is counted and no timer stays", async () => {
  const clock = new FakeClock();
  const metrics = startMetrics({ version: "1", durationsPerApplication: true, sinks: [], clock });
  metrics[Symbol.dispose]();
  assert.equal(callFinished.hasSubscribers, false);
  assert.equal(clock.timers, 0);
});

test("metrics - calls may be recorded while the text is being taken", () => {
  const metrics = new CallMetrics("by-application");
  metrics.record(aFinishedCall({ application: "a" }));
  let text = "";
  let more = 0;
  for (const piece of metrics.text()) {
    text += piece;
    if (more++ < 5) metrics.record(aFinishedCall({ application: `added-${more}`, status: 200 + more }));
  }
  parseMetrics(text);
});

test("metrics - the reference lists each metric of ours with its labels, and no other", async () => {
  const families = await withMetrics(
    () => {
      call({ failure: "GATEWAY_RATE_LIMITED" });
      breakerChanged.publish({ api: "1", application: "shop", service: "orders", entry: "rest", open: true });
      tokenFetched.publish({
        type: "OAuth",
        result: "ok",
        milliseconds: 1,
        background: false,
        failure: undefined,
        reason: undefined,
      });
      ingressRequestFinished.publish({
        listener: "gateway",
        method: "GET",
        path: "/nowhere",
        status: 404,
        failure: "INGRESS_UNKNOWN_PATH",
        client: "shop",
        certificate: undefined,
        peer: undefined,
        milliseconds: 1,
      });
      handshakeRefused.publish({
        listener: "gateway",
        reason: "timeout",
        detail: undefined,
        peer: undefined,
      });
      ingressConnections.publish({ listener: "gateway", delta: 1 });
      connectorAnswered.publish({
        endpoint: "/v1/health",
        method: "GET",
        status: 200,
        failure: undefined,
        reason: undefined,
        error: undefined,
        peer: undefined,
        milliseconds: 1,
      });
      accessTokenRefused.publish({ reason: "unknown" });
      eventWritten.publish({ result: "written" });
      notice({ apiVersion: "v1", kind: "Namespace", name: "default" }, "UnknownTokenRefused", "seen");
      documentsSearched.publish({ result: "found", milliseconds: 1 });
      adminInFlight.publish({ watches: "secrets", delta: 1 });
      adminAnswered.publish({ verb: "get", resource: "secrets", code: 200, milliseconds: 1 });
      registryAnswered.publish({
        endpoint: "/v1/health",
        method: "GET",
        status: 200,
        application: undefined,
        failure: undefined,
        reason: undefined,
        error: undefined,
        peer: undefined,
        milliseconds: 1,
      });
      specificationRefreshed.publish({ outcome: "unchanged", application: "shop", service: "1" });
      const certificate = { application: "shop", service: "1", notAfter: 1 };
      serviceCertificates.publish({ certificates: [certificate], areAll: true });
      const validity = { notBefore: 0, notAfter: 1 };
      certificateEnds.publish({ authority: validity, applications: new Map([["shop", validity]]) });
    },
    { hasWorkers: true },
  );
  const page = readFileSync(new URL("../../../docs/reference/telemetry.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` *\| ([^|]*)\|/gm)].map(([, name, labels = ""]) => [
    name,
    [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label).toSorted(),
  ]);
  const ours = [...families].filter(([name]) =>
    /^(application_gateway|application_registry|appconn|connector_service)_/.test(name),
  );
  const shown = ours.map(([name, { samples: all }]) => {
    const labels = Object.keys(all[0]?.labels ?? { destination: "" });
    return [name, labels.filter((label) => label !== "le" && label !== "quantile").toSorted()];
  });
  assert.deepEqual(new Map(rows as [string, string[]][]), new Map(shown as [string, string[]][]));
});
