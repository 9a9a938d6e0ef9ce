import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { callFinished, tokenFetched, type FinishedCall } from "../../../src/telemetry/channels.ts";
import type { Log } from "../../../src/telemetry/log.ts";
import { telemetrySettings } from "../../../src/telemetry/options.ts";
import { callAttributes } from "../../../src/telemetry/span-attributes.ts";
import { startTelemetry, type Telemetry } from "../../../src/telemetry/telemetry.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";
import { defaultsOf } from "../../doubles/setting-defaults.ts";
import { TraceCollector } from "../../doubles/trace-collector.ts";

const CANARY = "c4n4ry-S3cret";
/** As it looks in Basic credentials and in the data of a Secret. */
const ENCODED = Buffer.from(`user:${CANARY}`).toString("base64");

/** Texts of failures as they could reach a reason, each with the secret where such texts carry it. */
const REASONS: readonly string[] = [
  `failed to parse target url 'https://user:${CANARY}@erp/odata': 'Invalid URL'`,
  `failed to make a request to 'https://idp/token?client_secret=${CANARY}': connect ECONNREFUSED`,
  `the target refused Authorization: Basic ${ENCODED}`,
  `invalid header value Bearer ${CANARY}`,
  `failed to unmarshal token response body: {"access_token":"${CANARY}"`,
  `Failed to prepare certificate, -----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
  `cookie: sap-session=${CANARY}; path=/`,
];

function failedCalls(): FinishedCall[] {
  const failed = {
    status: 502,
    origin: "gateway",
    gatewayError: "token",
    failure: "GATEWAY_TARGET_FAILED",
  } as const;
  return [
    aFinishedCall({ path: `/shop/orders-api/x?apikey=${CANARY}` }),
    ...REASONS.map((reason) => aFinishedCall({ ...failed, reason })),
  ];
}

function logEverything(log: Log): void {
  for (const reason of REASONS) {
    const cause = new Error(reason, {
      cause: { response: { body: CANARY, headers: ["Set-Cookie", CANARY] } },
    });
    const error = new AggregateError([cause], `outer ${reason}`, { cause });
    log.error(reason, {
      error,
      request: { headers: { authorization: CANARY, Cookie: CANARY }, body: CANARY },
    });
    log.child({ target: `https://user:${CANARY}@erp/a?b=${CANARY}` }).warn(reason, { [reason]: reason });
  }
  const secret = {
    kind: "Secret",
    metadata: { name: "orders" },
    data: { password: ENCODED },
    stringData: CANARY,
  };
  log.info("changed", { secret, object: secret, before: [secret], token: CANARY, clientSecret: CANARY });
  log.info("headers", { rawHeaders: ["X-Csrf-Token", CANARY, "Access-Token", CANARY, "X-Api-Key", CANARY] });
  log.info("key", {
    bytes: Buffer.from(CANARY),
    url: new URL(`https://u:${CANARY}@h/p?q=${CANARY}#${CANARY}`),
  });
}

function traceEverything({ tracing }: Telemetry): void {
  assert.ok(tracing);
  for (const call of failedCalls()) {
    const span = tracing.call(undefined, undefined);
    span.child("token").end({ "url.full": `https://idp/token?client_secret=${CANARY}` }, call.reason);
    span.end(callAttributes(call), call.reason);
  }
}

async function everythingWritten(format: "json" | "text"): Promise<Readonly<Record<string, string>>> {
  const directory = await mkdtemp(join(tmpdir(), "appconn-canary-"));
  await using collector = await TraceCollector.start();
  const stdout = new PassThrough();
  const output: Buffer[] = [];
  stdout.on("data", (chunk: Buffer) => void output.push(chunk));
  const options = { ...defaultsOf(telemetrySettings), traces: { endpoint: collector.endpoint } };
  const surroundings = { dataDirectory: directory, version: "1", stdout, environment: {} };
  try {
    const telemetry = await startTelemetry({ ...options, log: { level: "debug", format } }, surroundings);
    for (const call of failedCalls()) callFinished.publish(call);
    const fetched = {
      type: "OAuth",
      result: "failed",
      milliseconds: 1,
      background: true,
      failure: "X",
    } as const;
    for (const reason of REASONS) tokenFetched.publish({ ...fetched, reason });
    logEverything(telemetry.log);
    traceEverything(telemetry);
    let metrics = "";
    for await (const piece of telemetry.metrics?.text() ?? []) metrics += piece;
    await telemetry.close();
    const audit = await readFile(join(directory, "audit.log"), "utf8");
    return { stdout: Buffer.concat(output).toString(), audit, metrics, traces: collector.bodies.join("\n") };
  } finally {
    await rm(directory, { recursive: true });
  }
}

for (const format of ["json", "text"] as const) {
  test(`canary - a secret in every plausible place reaches no log, audit, metric or trace (${format})`, async () => {
    const written = await everythingWritten(format);
    for (const [where, text] of Object.entries(written)) {
      assert.ok(text.includes("shop"), `nothing was written to ${where}`);
      for (const secret of [CANARY, ENCODED]) {
        const at = text.indexOf(secret);
        assert.equal(at, -1, `${where}: ${text.slice(Math.max(0, at - 200), at + 50)}`);
      }
    }
  });
}
