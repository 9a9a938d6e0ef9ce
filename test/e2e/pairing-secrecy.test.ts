import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
  curl,
  information,
  newLink,
  pair,
  prepare,
  send,
  type Identity,
} from "../doubles/external-system.ts";
import { parseMetrics, type Family } from "../doubles/parse-metrics.ts";
import { application, ServedInstallation, tokenRequest } from "../doubles/served-installation.ts";
import { eventually } from "../doubles/eventually.ts";

const CANARY = "canary-of-a-client";

/** One run with everything that a client may send, log level debug, and what it left. */
suite("pairing secrecy", () => {
  let served: ServedInstallation;
  /** What must stand nowhere, with a name for the failure's text. */
  const secrets = new Map<string, string>();
  let identity: Identity;
  let metrics: ReadonlyMap<string, Family>;
  let records: Record<string, unknown>[];

  before(async () => {
    served = await ServedInstallation.start([
      "--telemetry-log-level=debug",
      "--telemetry-access-log-destination=stdout",
    ]);
    await served.apply(application("shop"), tokenRequest("crm"));
    identity = await wholeLife();
    await mistakes();
    metrics = parseMetrics(await served.metrics());
    // The last records are written when the process ends, at the latest.
    assert.equal((await served.stop()).code, 0);
    records = served.records();
    secrets.set("key of a client", keyBody(identity.key));
    secrets.set(
      "request of a client",
      (JSON.parse(prepare("shop").body) as { csr: string }).csr.slice(200, 260),
    );
    secrets.set("admin token", served.adminToken);
    for (const name of readdirSync(join(served.data, "pki")).filter((file) => file.endsWith(".key"))) {
      secrets.set(name, keyBody(readFileSync(join(served.data, "pki", name), "utf8")));
    }
    secrets.set("what clients sent", CANARY);
  });
  after(() => served[Symbol.asyncDispose]());

  async function wholeLife(): Promise<Identity> {
    const { url, token } = await newLink(served, "shop");
    secrets.set("first token", token);
    const { csrUrl } = await information(served, url);
    secrets.set("second token", new URL(csrUrl).searchParams.get("token") ?? "");
    const { body } = prepare("shop");
    const answer = await send(served, csrUrl, { method: "POST", body });
    assert.equal(answer.status, 201);
    const first = await pair(served, "shop");
    const renewals = new URL("/v1/applications/certificates/renewals", served.gateway);
    assert.equal((await send(served, renewals, { identity: first, method: "POST", body })).status, 201);
    const revocations = new URL("/v1/applications/certificates/revocations", served.gateway);
    assert.equal((await send(served, revocations, { identity: first, method: "POST" })).status, 201);
    for (const path of ["/v1/applications/management/info", "/shop/v1/events"]) {
      assert.equal((await send(served, new URL(path, served.gateway), { identity: first })).status, 403);
    }
    await served.administer(["ca", "rotate"]);
    const object = await eventually(async () => {
      const text = await served.administer(["get", "tokenrequest", "crm", "-o", "json"]);
      const { status } = JSON.parse(text) as { status?: { token?: string } };
      assert.ok(status?.token);
      return status.token;
    });
    secrets.set("token of a TokenRequest", object);
    return first;
  }

  /** Requests that fail, each with something in it that must not be repeated. */
  async function mistakes(): Promise<void> {
    const at = (path: string) => new URL(path, served.pairing);
    const post = (path: string, body: string) => send(served, at(path), { method: "POST", body });
    await send(served, at(`/v1/applications/signingRequests/info?token=${CANARY}`));
    await send(served, at("/v1/applications/signingRequests/info"), {
      headers: { "Connector-Token": CANARY },
    });
    const { csrUrl } = await information(served, (await newLink(served, "shop")).url);
    secrets.set("third token", new URL(csrUrl).searchParams.get("token") ?? "");
    const { pathname, search } = new URL(csrUrl);
    for (const body of [`{"csr":"${CANARY}"`, `{"csr":"${btoa(CANARY)}"}`, `{"csr":"${CANARY}"}`, CANARY]) {
      const { status, text } = await post(pathname + search, body);
      assert.ok(status === 400 || status === 500, text);
      assert.ok(!text.includes(CANARY), text);
    }
    await served.admin("POST", "/v1/applications/tokens", { headers: { authorization: `Bearer ${CANARY}` } });
    await served.admin("POST", "/v1/applications/certificates/revocations", { body: { hash: CANARY } });
    await curl(
      served,
      "-X",
      "POST",
      `${served.pairing.origin}/v1/applications/certificates?token=${CANARY}&x=${CANARY}`,
    );
    await curl(served, "-d", CANARY, `${served.pairing.origin}/v1/${CANARY.length}`);
  }

  test("pairing secrecy - no token, key, request or credential stands in a log, a record or a metric", () => {
    const metricText = JSON.stringify([...metrics]);
    const recordText = JSON.stringify(records);
    assert.ok(secrets.size >= 11);
    for (const [name, secret] of secrets) {
      assert.ok(secret.length > 15, name);
      for (const written of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
        assert.ok(!served.output.includes(written), `${name} in the log`);
        assert.ok(!recordText.includes(written), `${name} in the records`);
        assert.ok(!metricText.includes(written), `${name} in the metrics`);
      }
    }
  });

  test("pairing secrecy - no token stands in a file of the data directory in clear", () => {
    const files = readdirSync(served.data).filter((name) => name.startsWith("store.db"));
    assert.ok(files.length > 0);
    for (const file of files) {
      const content = readFileSync(join(served.data, file)).toString("latin1");
      for (const [name, secret] of secrets) assert.ok(!content.includes(secret), `${name} in ${file}`);
    }
  });

  test("pairing telemetry - each step is in the audit log, with who and what", () => {
    const pairing = records.filter(({ log, event }) => log === "audit" && event === "pairing");
    const steps = (action: string, result = "succeeded") =>
      pairing.filter((record) => record["action"] === action && record["result"] === result);
    for (const action of ["token", "issue", "renew", "revoke", "rotate"])
      assert.ok(steps(action).length > 0, action);
    const issued = steps("issue").find(({ hash }) => hash === identity.hash);
    assert.equal(issued?.["application"], "shop");
    assert.equal(issued["peer"], "127.0.0.1");
    assert.match(String(issued["serial"]), /^[0-9a-f]+$/);
    assert.ok(Date.parse(String(issued["notAfter"])) > Date.now());
    assert.equal(steps("renew")[0]?.["renewedFrom"], identity.hash);
    assert.equal(steps("revoke")[0]?.["hash"], identity.hash);
    assert.ok(steps("token").some(({ peer }) => peer === "TokenRequest default/crm"));
    assert.ok(steps("issue", "failed").every(({ reason }) => typeof reason === "string"));
    assert.ok(steps("issue", "failed").length >= 4);
  });

  test("pairing telemetry - every request at the ingress has its access line, without its query", () => {
    const lines = served.output.split("\n").filter((line) => line.includes('"log":"access"'));
    const access = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const refused = access.find(({ failure }) => failure === "INGRESS_CERTIFICATE_REVOKED");
    assert.equal(refused?.["certificate"], identity.hash);
    assert.equal(refused["client"], "shop");
    assert.equal(refused["status"], 403);
    assert.ok(
      access.some(({ listener, path }) => listener === "pairing" && path === "/v1/applications/certificates"),
    );
    assert.ok(access.every(({ path }) => !String(path).includes("?")));
  });

  test("pairing telemetry - metrics of the original and of the ingress are scraped", () => {
    const value = (family: string, labels: Readonly<Record<string, string>>): number => {
      const { samples = [] } = metrics.get(family) ?? {};
      const matching = samples.filter((sample) =>
        Object.entries(labels).every(([name, wanted]) => sample.labels[name] === wanted),
      );
      return matching.reduce((sum, sample) => sum + sample.value, 0);
    };
    const responses = "connector_service_endpoints_responses";
    const certificates = { endpoint: "/v1/applications/certificates", method: "POST" };
    assert.equal(value(responses, { ...certificates, status: "201" }), 2);
    assert.ok(value(responses, { ...certificates, status: "400" }) >= 2);
    assert.equal(value(responses, { endpoint: "/v1/applications/certificates/renewals", status: "201" }), 1);
    const duration = { ...certificates, quantile: "0.995" };
    assert.ok(value("connector_service_endpoints_duration", duration) > 0);
    assert.ok(value("appconn_ingress_requests_total", { listener: "gateway", code: "403" }) >= 2);
    assert.equal(value("appconn_ingress_refusals_total", { failure: "INGRESS_CERTIFICATE_REVOKED" }), 2);
    assert.ok(value("appconn_client_authority_days_left", {}) > 3000);
    const daysLeft = value("appconn_client_certificate_days_left", { application: "shop" });
    assert.ok(daysLeft > 89 && daysLeft < 91, `${daysLeft}`);
  });
});

/** A part of what makes a PEM key secret. */
function keyBody(pem: string): string {
  return pem.split("\n")[2]?.slice(0, 40) ?? "";
}
