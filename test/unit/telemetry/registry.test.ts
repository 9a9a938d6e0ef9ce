import assert from "node:assert/strict";
import { test } from "node:test";
import {
  registryAnswered,
  serviceCertificates,
  serviceChanged,
  specificationRefreshed,
  type ServiceChange,
} from "../../../src/telemetry/channels.ts";
import type { Log } from "../../../src/telemetry/log.ts";
import { startRegistryLog } from "../../../src/telemetry/registry-log.ts";
import { RegistryMetrics } from "../../../src/telemetry/registry-metrics.ts";
import { serviceAuditLine } from "../../../src/telemetry/service-audit-line.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 2, 24, 7);

const CHANGE: ServiceChange = {
  action: "update",
  status: 200,
  application: "shop",
  service: "7",
  name: 'Orders "API"',
  before: "ab",
  after: "cd",
  client: "shop",
  peer: "10.1.2.3",
  reason: undefined,
};

const ANSWER = {
  endpoint: "/{application}/v1/metadata/services",
  method: "POST",
  status: 200,
  application: "shop",
  failure: undefined,
  reason: undefined,
  error: undefined,
  peer: "10.1.2.3",
  milliseconds: 20,
};

test("audit - a change of a service says who changed what, from which state to which", () => {
  const line = serviceAuditLine(CHANGE, NOW);
  assert.ok(line.endsWith("}\n"));
  assert.deepEqual(JSON.parse(line), {
    time: "2026-11-21T12:02:24.007Z",
    log: "audit",
    event: "service",
    action: "update",
    code: 200,
    application: "shop",
    service: "7",
    name: 'Orders "API"',
    before: "ab",
    after: "cd",
    client: "shop",
    peer: "10.1.2.3",
  });
});

test("metrics - answers of the registry are counted by endpoint, and there are none where it does not run", async () => {
  using metrics = new RegistryMetrics(new FakeClock());
  assert.equal(await metrics.text(), "");
  registryAnswered.publish(ANSWER);
  const text = await metrics.text();
  const labels = 'endpoint="/{application}/v1/metadata/services"';
  assert.ok(
    text.includes(`application_registry_endpoints_responses{${labels},method="POST",status="200"} 1`),
    text,
  );
  assert.ok(text.includes(`application_registry_endpoints_duration_sum{${labels},method="POST"} 0.02`), text);
});

test("metrics - the days until generated certificates end are those of the moment, and of none that is gone", async () => {
  const clock = new FakeClock(0);
  using metrics = new RegistryMetrics(clock);
  const certificate = (service: string, days: number) => ({
    application: "shop",
    service,
    notAfter: days * 86_400_000,
  });
  const shown = async () =>
    [...(await metrics.text()).matchAll(/^appconn_service_certificate_days_left\{(.*)\} (.*)$/gm)].map(
      ([, labels, days]) => [labels, days],
    );
  serviceCertificates.publish({ certificates: [certificate("1", 30), certificate("2", 365)], areAll: true });
  clock.jump(86_400_000);
  assert.deepEqual(await shown(), [
    ['application="shop",service="1"', "29"],
    ['application="shop",service="2"', "364"],
  ]);
  serviceCertificates.publish({ certificates: [certificate("1", 366)], areAll: false });
  assert.deepEqual(
    (await shown()).map(([, days]) => days),
    ["365", "364"],
  );
  serviceCertificates.publish({ certificates: [], areAll: true });
  assert.deepEqual(await shown(), []);
});

test("registry log - changes are told, refusals more quietly than surprises", () => {
  const lines: string[] = [];
  const write = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  const log = { info: write("info"), warn: write("warn"), error: write("error") } as unknown as Log;
  using _logging = startRegistryLog(log);
  serviceChanged.publish(CHANGE);
  serviceChanged.publish({ ...CHANGE, status: 400 });
  registryAnswered.publish(ANSWER);
  registryAnswered.publish({ ...ANSWER, status: 400, failure: "REGISTRY_INVALID" });
  registryAnswered.publish({ ...ANSWER, status: 502, failure: "REGISTRY_SPECIFICATION_UNREACHABLE" });
  registryAnswered.publish({ ...ANSWER, status: 500, error: new Error("x") });
  assert.deepEqual(lines, [
    "info a service was changed",
    "info the registry refused a request",
    "warn the registry cannot answer a request",
    "error the registry met an unexpected error",
  ]);
});

test("registry log - a specification that cannot be fetched again is warned of, and no other is told of", () => {
  const lines: unknown[] = [];
  const tell = (...line: readonly unknown[]) => void lines.push(line);
  using _logging = startRegistryLog({ info: tell, warn: tell, error: tell } as unknown as Log);
  const place = { application: "shop", service: "1" };
  for (const outcome of ["changed", "unchanged"] as const)
    specificationRefreshed.publish({ outcome, ...place });
  specificationRefreshed.publish({ outcome: "failed", ...place, reason: "status 503" });
  const text = "the specification of a service cannot be fetched again";
  assert.deepEqual(lines, [[text, { ...place, reason: "status 503" }]]);
});
