import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import {
  adminWritten,
  cacheLookedUp,
  callFinished,
  callsInFlight,
  tokenFetched,
} from "../../../src/telemetry/channels.ts";
import { telemetrySettings, type TelemetryOptions } from "../../../src/telemetry/options.ts";
import { startTelemetry, type Telemetry } from "../../../src/telemetry/telemetry.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { parseMetrics } from "../../doubles/parse-metrics.ts";
import { defaultsOf } from "../../doubles/setting-defaults.ts";

const defaults = defaultsOf(telemetrySettings);

interface Run {
  readonly telemetry: Telemetry;
  readonly directory: string;
  readonly stdout: PassThrough & { isTTY?: boolean };
}

/** Starts telemetry in a fresh directory and gives back what went to stdout, after everything is closed. */
async function run(
  options: Partial<TelemetryOptions>,
  use: (run: Run) => void | Promise<void>,
  isTTY = false,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "appconn-telemetry-"));
  const stdout: Run["stdout"] = Object.assign(new PassThrough(), isTTY ? { isTTY } : {});
  let output = "";
  stdout.setEncoding("utf8").on("data", (chunk: string) => void (output += chunk));
  try {
    const surroundings = { dataDirectory: directory, version: "1.2.3", stdout, environment: {} };
    const telemetry = await startTelemetry({ ...defaults, ...options }, surroundings);
    try {
      await use({ telemetry, directory, stdout });
    } finally {
      await telemetry.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  return output;
}

const adminWrite = {
  user: "admin",
  verb: "delete",
  resource: "secrets",
  namespace: "kyma-system",
  name: "orders",
  code: 200,
  peer: "127.0.0.1",
} as const;

test("telemetry - by default calls go to stdout and, with admin writes, to audit.log in the data directory", async () => {
  let audit = "";
  const output = await run({}, async ({ telemetry, directory }) => {
    callFinished.publish(aFinishedCall());
    adminWritten.publish(adminWrite);
    await telemetry.close();
    audit = await readFile(join(directory, "audit.log"), "utf8");
  });
  assert.equal((JSON.parse(output) as { log: string }).log, "access");
  const events = audit
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { event: string }).event);
  assert.deepEqual(events, ["call", "admin"]);
});

test("telemetry - access lines and audit records may share one file without cutting each other", async () => {
  let lines: string[] = [];
  const options = {
    accessLog: { enabled: true, destination: "all.log" },
    audit: { destination: "./all.log" },
  };
  const output = await run(options, async ({ telemetry, directory }) => {
    for (let index = 0; index < 500; index++) callFinished.publish(aFinishedCall({ requestId: `${index}` }));
    await telemetry.close();
    lines = (await readFile(join(directory, "all.log"), "utf8")).trimEnd().split("\n");
  });
  assert.equal(output, "");
  const logs = lines.map((line) => (JSON.parse(line) as { log: string }).log);
  assert.deepEqual([logs.length, new Set(logs)], [1000, new Set(["access", "audit"])]);
});

test("telemetry - access log, audit and metrics can be turned off", async () => {
  const options = {
    accessLog: { enabled: false, destination: "stdout" },
    audit: { destination: "off" },
    metrics: { enabled: false, durationsPerApplication: true },
  };
  const output = await run(options, ({ telemetry }) => {
    assert.equal(callFinished.hasSubscribers, false);
    assert.equal(telemetry.metrics, undefined);
    assert.equal(telemetry.tracing, undefined);
  });
  assert.equal(output, "");
});

test("telemetry - a terminal gets readable lines in the order in which things happened", async () => {
  const output = await run(
    { audit: { destination: "off" } },
    ({ telemetry }) => {
      telemetry.log.info("listening", { port: 8080 });
      callFinished.publish(aFinishedCall());
      telemetry.log.warn("done");
    },
    true,
  );
  const [first, second, third] = output.split("\n");
  assert.match(first ?? "", /INFO.* listening {2}port=8080$/);
  assert.match(second ?? "", / CALL {2}GET \/shop\/orders-api\/orders\/42 {2}200 /);
  assert.match(third ?? "", /WARN.* done$/);
});

test("telemetry - JSON can be asked for on a terminal", async () => {
  const options = { log: { level: "info", format: "json" }, audit: { destination: "off" } } as const;
  const output = await run(options, ({ telemetry }) => telemetry.log.info("x"), true);
  assert.equal((JSON.parse(output) as { message: string }).message, "x");
});

test("telemetry - a token that cannot be renewed in the background is warned of, others are the call's matter", async () => {
  const fetched = { type: "OAuth", milliseconds: 5, failure: "CREDENTIALS_TOKEN_REFUSED" } as const;
  const output = await run({ audit: { destination: "off" } }, () => {
    tokenFetched.publish({ ...fetched, result: "failed", background: true, reason: "answered 500" });
    tokenFetched.publish({ ...fetched, result: "failed", background: false, reason: "answered 501" });
    tokenFetched.publish({ ...fetched, result: "ok", background: true, reason: undefined });
  });
  const record = JSON.parse(output) as Record<string, unknown>;
  assert.deepEqual([record["level"], record["reason"]], ["warn", "answered 500"]);
});

test("telemetry - a log on a full disk is warned of once and the lost lines are in the metrics", async () => {
  const options = { accessLog: { enabled: true, destination: "/dev/full" }, audit: { destination: "off" } };
  let metrics = "";
  const output = await run(options, async ({ telemetry, stdout }) => {
    const line = "x".repeat(2000);
    for (let index = 0; index < 5000; index++) callFinished.publish(aFinishedCall({ path: line }));
    if (stdout.readableLength === 0) await once(stdout, "data");
    for await (const piece of telemetry.metrics?.text() ?? []) metrics += piece;
  });
  const warnings = output
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  assert.equal(warnings.length, 1);
  assert.equal(warnings[0]?.["level"], "warn");
  assert.equal(warnings[0]?.["destination"], "full");
  const dropped = parseMetrics(metrics).get("appconn_log_lines_dropped_total")?.samples;
  assert.ok((dropped?.find(({ labels }) => labels["destination"] === "full")?.value ?? 0) > 1000);
});

test("telemetry - a log file that cannot be opened is a clear failure, and nothing stays subscribed", async () => {
  const options = { audit: { destination: "/nonexistent-folder/audit.log" } };
  await assert.rejects(
    run(options, () => {}),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "TELEMETRY_FILE_UNUSABLE");
      assert.match(
        error.message,
        /\/nonexistent-folder\/audit\.log \(setting telemetry\.audit\.destination\): ENOENT/,
      );
      return true;
    },
  );
  assert.equal(callFinished.hasSubscribers, false);
});

test("telemetry - after closing nobody listens to any channel", async () => {
  await run({}, () => assert.ok(callFinished.hasSubscribers));
  for (const channel of [callFinished, callsInFlight, tokenFetched, cacheLookedUp, adminWritten]) {
    assert.equal(channel.hasSubscribers, false);
  }
});

test("telemetry - closing twice is closing once", async () => {
  await run({}, async ({ telemetry }) => {
    await telemetry.close();
    await telemetry.close();
    telemetry.log.info("after the end");
  });
});
