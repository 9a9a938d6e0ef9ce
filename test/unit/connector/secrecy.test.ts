import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { tokenRequestKind, type TokenRequest } from "../../../src/core/resources/token-request.ts";
import { telemetrySettings } from "../../../src/telemetry/options.ts";
import { startTelemetry } from "../../../src/telemetry/telemetry.ts";
import { encode, makeRequest } from "../../doubles/certificate-requests.ts";
import { call, CERTIFICATES, connectorScene, forwarded, newToken, textsIn } from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { defaultsOf } from "../../doubles/setting-defaults.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

interface Written {
  readonly log: string;
  readonly audit: string;
  readonly metrics: string;
}

/** Does something under real telemetry, and gives all that it wrote. */
async function written(act: () => Promise<void>): Promise<Written> {
  using directory = new TemporaryDirectory();
  const stdout = new PassThrough();
  const output: Buffer[] = [];
  stdout.on("data", (piece: Buffer) => void output.push(piece));
  const options = { ...defaultsOf(telemetrySettings), log: { level: "debug", format: "json" } } as const;
  const surroundings = { dataDirectory: directory.path, version: "1", stdout, environment: {} };
  const telemetry = await startTelemetry(options, surroundings);
  await act();
  let metrics = "";
  for await (const piece of telemetry.metrics?.text() ?? []) metrics += piece;
  await telemetry.close();
  const audit = await readFile(join(directory.path, "audit.log"), "utf8");
  return { log: Buffer.concat(output).toString(), audit, metrics };
}

interface Story {
  readonly secrets: string[];
  readonly answers: string[];
  hash: string;
}

/** Everything that can go right and wrong, with all secrets noted. */
async function wholeStory(context: TestContext): Promise<{ story: Story; act: () => Promise<void> }> {
  const scene = await connectorScene(context);
  const story: Story = { secrets: [], answers: [], hash: "" };
  const note = (token: string | undefined) => {
    if (token)
      story.secrets.push(token, encodeURIComponent(token), createHash("sha256").update(token).digest("hex"));
    return token ?? "";
  };
  const act = async () => {
    const { request, key } = makeRequest();
    story.secrets.push(key.split("\n")[1] ?? "", request.split("\n")[1] ?? "", encode(request).slice(0, 64));
    const csr = encode(request);
    const send = async (path: string, body: string, headers = {}) => {
      const { text } = await call(scene.external, path, { method: "POST", body, headers });
      story.answers.push(text);
      return text;
    };
    const first = note(await newToken(scene));
    const info = await call(scene.external, `/v1/applications/signingRequests/info?token=${first}`);
    const next = note(textsIn(info.text)["csrUrl"]?.split("token=")[1]);
    const path = `${CERTIFICATES}?token=${next}`;
    for (const bad of [
      csr,
      `{"csr":"${csr}`,
      `{"csr":["${csr}"]}`,
      `{"csr":"-${csr}"}`,
      `{"csr":"${csr.slice(0, 80)}"}`,
    ]) {
      await send(path, bad);
    }
    await send(`${CERTIFICATES}?token=${first}`, JSON.stringify({ csr }));
    await send(`${CERTIFICATES}//?token=${next}`, JSON.stringify({ csr }));
    await send(CERTIFICATES, JSON.stringify({ csr }), { "Connector-Token": first });
    const issued = textsIn(await send(path, JSON.stringify({ csr })));
    story.answers.pop();
    const pem = Buffer.from(issued["clientCrt"] ?? "", "base64").toString();
    story.hash = createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
    await send(`${CERTIFICATES}/renewals`, JSON.stringify({ csr }), forwarded(story.hash));
    story.answers.pop();
    await send(`${CERTIFICATES}/revocations`, "", forwarded(story.hash));
    await call(scene.internal, "/v1/ca/rotations", { method: "POST" });
    const requests = scene.store.collection<TokenRequest>(tokenRequestKind);
    await requests.create({ metadata: { name: "shop", namespace: "default" } });
    await eventually(async () => {
      const object = await requests.get({ name: "shop", namespace: "default" });
      assert.equal(object?.status?.state, "OK");
      note(object.status.token);
    });
    story.answers.push(JSON.stringify(scene.warnings));
  };
  return { story, act };
}

test("secrecy - no token, key or request reaches a log, an audit record, a metric or a refusal", async (context) => {
  const { story, act } = await wholeStory(context);
  const texts = { ...(await written(act)), answers: story.answers.join("\n") };
  assert.equal(story.secrets.length, 12);
  for (const [where, text] of Object.entries(texts)) {
    assert.equal(text.length > 100, true, `nothing was written to ${where}`);
    for (const secret of story.secrets) {
      assert.equal(secret.length > 20, true);
      assert.equal(text.includes(secret), false, `${where} has ${secret}`);
    }
  }
});

test("telemetry - each step of pairing leaves the original's log line and an audit record with what is known", async (context) => {
  const { story, act } = await wholeStory(context);
  const { log, audit, metrics } = await written(act);
  const lines = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const messages = new Set(lines.map(({ message }) => message));
  for (const message of [
    "Generating token",
    "Starting certificate generation.",
    "Certificate generated successfully.",
    "Certificate generation failed.",
    "Starting certificate renewal.",
    "Certificate renewed successfully.",
    "Starting certificate revocation.",
    "Certificate revoked successfully.",
    "the connector refused a request",
    "Certificate authority rotated successfully.",
  ]) {
    assert.equal(messages.has(message), true, message);
  }
  const generated = lines.find(({ message }) => message === "Certificate generated successfully.");
  assert.equal(generated?.["Application"], "shop");
  assert.equal(generated["hash"], story.hash);
  const revoked = lines.find(({ message }) => message === "Certificate revoked successfully.");
  assert.deepEqual([revoked?.["level"], revoked?.["hash"]], ["warn", story.hash]);
  const records = audit
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  const succeeded = records.filter(({ event, result }) => event === "pairing" && result === "succeeded");
  assert.deepEqual(
    succeeded.map(({ action }) => action),
    ["token", "issue", "renew", "revoke", "rotate", "token"],
  );
  const [, issue, renew, revoke, , last] = succeeded;
  assert.deepEqual(Object.keys(issue ?? {}), [
    ...["time", "log", "event", "action", "result", "application", "serial", "hash", "peer", "notAfter"],
  ]);
  assert.deepEqual([issue?.["hash"], issue?.["peer"]], [story.hash, "127.0.0.1"]);
  assert.deepEqual([renew?.["renewedFrom"], revoke?.["hash"]], [story.hash, story.hash]);
  assert.equal(last?.["peer"], "TokenRequest default/shop");
  const labels = 'endpoint="/v1/applications/certificates",method="POST"';
  assert.match(metrics, /^# TYPE connector_service_endpoints_duration summary$/m);
  assert.match(
    metrics,
    new RegExp(`^connector_service_endpoints_duration\\{quantile="0.995",${labels}\\} `, "m"),
  );
  assert.match(
    metrics,
    new RegExp(`^connector_service_endpoints_responses\\{${labels},status="201"\\} 1$`, "m"),
  );
  assert.match(
    metrics,
    new RegExp(`^connector_service_endpoints_responses\\{${labels},status="403"\\} 2$`, "m"),
  );
});
