import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { encode, makeRequest } from "../doubles/certificate-requests.ts";
import { eventually } from "../doubles/eventually.ts";
import { pair, send } from "../doubles/external-system.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget } from "../doubles/target.ts";

const TRUSTED = "--validator-trusted-xfcc-proxies=127.0.0.0/8";
const SUBJECT = "CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE";
const FORWARDED = { "X-Forwarded-Client-Cert": `Hash=${"ab".repeat(32)};Subject="${SUBJECT}";URI=` };

/** A data directory in which the Application shop is known. */
async function withShop(): Promise<ServedInstallation> {
  const served = await ServedInstallation.start(["--components=admin,gateway"]);
  await served.apply(application("shop"));
  assert.equal((await served.stop()).code, 0);
  return served;
}

const names = (served: ServedInstallation) =>
  [...served.running.stderr.matchAll(/^ {2}(\S.*?) {2,}https?:\S+$/gm)].map(([, name]) => name);

async function answerOf(url: URL | string, init?: RequestInit): Promise<[number, string]> {
  const answer = await fetch(url, init);
  return [answer.status, await answer.text()];
}

const errorText = (code: number, error: string): [number, string] => [
  code,
  `${JSON.stringify({ code, error })}\n`,
];

test("components - all of them by default, each on its listener", async () => {
  await using served = await ServedInstallation.start();
  const expected = [
    "gateway",
    "gateway (Compass)",
    "ingress (client certificates)",
    "ingress (pairing)",
    "health and metrics",
    "admin API",
  ];
  assert.deepEqual(names(served), expected);
  assert.equal((await served.health("/v1/ready")).status, 200);
});

test("components - the validator alone believes the proxies it is told to, and nobody else", async () => {
  await using served = await withShop();
  await using publisher = await startTarget();
  const elsewhere = `--validator-eventing-publisher-host=${publisher.host}`;
  await served.start(["--components=validator", TRUSTED, elsewhere]);
  assert.deepEqual(names(served), ["validator", "health and metrics"]);
  assert.equal((await served.health("/v1/ready")).status, 200);
  const at = (path: string) => new URL(path, served.address("validator"));
  const headers = FORWARDED;
  const [status] = await answerOf(at("/shop/v2/events?a=b"), { method: "POST", headers, body: "{}" });
  assert.equal(status, 200);
  assert.match(publisher.transcripts.join(""), /^POST \/publish\?a=b HTTP\/1\.1\r\n/);
  assert.doesNotMatch(publisher.transcripts.join(""), /x-forwarded-client-cert/i);
  const registry = errorText(503, "the application registry does not run here");
  assert.deepEqual(await answerOf(at("/shop/v1/metadata/services"), { headers }), registry);
  assert.deepEqual(
    await answerOf(at("/shop/v1/events")),
    errorText(500, "X-Forwarded-Client-Cert header not found"),
  );
  const foreign = { "X-Forwarded-Client-Cert": 'Subject="CN=other"' };
  assert.deepEqual(
    await answerOf(at("/shop/v1/events"), { headers: foreign }),
    errorText(403, "no valid subject found"),
  );
  assert.deepEqual(await answerOf(at("/path"), { headers }), [404, "404 page not found\n"]);
  await served.stop();

  for (const settings of [[], ["--validator-trusted-xfcc-proxies=10.0.0.0/8"]]) {
    await served.start(["--components=validator", ...settings]);
    const refused = await answerOf(at("/shop/v1/events"), { headers });
    assert.deepEqual(refused, errorText(500, "X-Forwarded-Client-Cert header not found"));
    await served.stop();
  }
});

test("components - a publisher that cannot be reached is 502 without a body, one that fails 502 with its status told", async () => {
  await using served = await withShop();
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => void free.close(resolve));
  await using failing = await startTarget(async (call) => {
    await call.body;
    await call.respond(500, { "Content-Type": "text/plain" }, "broken");
  });
  const hosts = [
    `--validator-eventing-publisher-host=127.0.0.1:${port}`,
    `--validator-registry-host=${failing.host}`,
  ];
  await served.start(["--components=validator", TRUSTED, ...hosts]);
  const at = (path: string) => new URL(path, served.address("validator"));
  assert.deepEqual(await answerOf(at("/shop/v1/events"), { headers: FORWARDED }), [502, ""]);
  const answer = await fetch(at("/shop/v1/metadata/services"), { headers: FORWARDED });
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get("target-system-status"), "500");
  assert.equal(await answer.text(), "broken");
});

test("components - the connector alone has listeners of its own, the internal one for this machine", async () => {
  await using served = await withShop();
  const hosts = ["pair.kyma.example.com", "gateway.kyma.example.com"] as const;
  const told = [`--connectorServiceHost=${hosts[0]}`, `--certificateProtectedHost=${hosts[1]}`];
  await served.start(["--components=connector", ...told, "--connector-trusted-xfcc-proxies=127.0.0.1"]);
  assert.deepEqual(names(served), ["connector", "connector (internal)", "health and metrics"]);
  const inside = (path: string) => new URL(path, served.address("connector (internal)"));
  const outside = (path: string) => new URL(path, served.address("connector"));
  const [status, text] = await answerOf(inside("/v1/applications/tokens"), {
    method: "POST",
    headers: { Application: "shop" },
  });
  assert.equal(status, 201, text);
  const { url, token } = JSON.parse(text) as { url: string; token: string };
  assert.equal(url, `https://${hosts[0]}/v1/applications/signingRequests/info?token=${token}`);
  const [, information] = await answerOf(outside(`/v1/applications/signingRequests/info?token=${token}`));
  const { csrUrl, api } = JSON.parse(information) as { csrUrl: string; api: Record<string, string> };
  assert.equal(api["infoUrl"], `https://${hosts[1]}/v1/applications/management/info`);
  const { pathname, search } = new URL(csrUrl);
  const body = JSON.stringify({ csr: encode(makeRequest().request) });
  const [issued] = await answerOf(outside(pathname + search), { method: "POST", body });
  assert.equal(issued, 201);
  const management = outside("/v1/applications/management/info");
  assert.match((await answerOf(management, { headers: FORWARDED }))[1], /"application":"shop"/);
  const empty = errorText(400, "Invalid certificate: Certificate header is empty");
  assert.deepEqual(await answerOf(management), empty);
  await served.stop();

  await served.start(["--components=connector", ...told]);
  assert.deepEqual(
    await answerOf(outside("/v1/applications/management/info"), { headers: FORWARDED }),
    empty,
  );
});

test("components - the internal listener goes beyond this machine only with a token and TLS", async () => {
  await using served = new ServedInstallation();
  const { code, stderr } = await served.launch([
    "--components=connector",
    "--connector-internal-host=0.0.0.0",
  ]).ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^appconn serve cannot start: .*0\.0\.0\.0.*internalTokenFile.*\(CONNECTOR_UNPROTECTED\)\nWhat to do: /m,
  );
  const file = join(served.path, "token");
  writeFileSync(file, "a-token-of-the-inside", { mode: 0o600 });
  const settings = [
    "--components=connector",
    "--connector-internal-host=0.0.0.0",
    `--connector-internal-token-file=${file}`,
  ];
  await served.start(settings);
  const { port, protocol } = served.address("connector (internal)");
  assert.equal(protocol, "https:");
  const url = `https://localhost:${port}/v1/applications/tokens`;
  const call = { method: "POST", headers: { Application: "shop" } };
  assert.equal((await send(served, url, call)).status, 401);
  const authorized = { ...call.headers, Authorization: "Bearer a-token-of-the-inside" };
  assert.equal((await send(served, url, { ...call, headers: authorized })).status, 201);
});

test("components - an ingress whose components run elsewhere says so, and still knows its clients", async () => {
  await using served = await ServedInstallation.start();
  const identity = await pair(served, "shop");
  await served.stop();
  await served.start(["--components=ingress"]);
  assert.deepEqual(names(served), [
    "ingress (client certificates)",
    "ingress (pairing)",
    "health and metrics",
  ]);
  const connector = errorText(503, "the connector does not run here");
  const info = new URL("/v1/applications/management/info", served.gateway);
  const answers = [
    await send(served, info, { identity }),
    await send(served, new URL("/v1/applications/signingRequests/info?token=x", served.pairing)),
  ];
  for (const { status, text } of answers) assert.deepEqual([status, text], connector);
  const events = await send(served, new URL("/shop/v1/events", served.gateway), { identity });
  assert.deepEqual([events.status, events.text], errorText(503, "the validator does not run here"));
  await assert.rejects(send(served, info), "without a certificate");
});

test("components - a component that there is not is told before anything starts", async () => {
  await using served = new ServedInstallation();
  const { code, stderr } = await served.launch(["--components=gateway,validater"]).ended;
  assert.equal(code, 2);
  assert.match(
    stderr,
    /components +must be .*gateway, admin, ingress, connector, validator.*\(from --components\)/,
  );
  const none = await served.launch(["--components="]).ended;
  assert.equal(none.code, 2, none.stderr);
});

test("components - ready is said only when every component is", async () => {
  await using served = new ServedInstallation();
  // The health listener stands first: until the rest does, it must not say that calls can be served.
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => void free.close(resolve));
  const running = served.launch([`--gateway-health-port=${port}`]);
  const seen = new Set<string>();
  await eventually(
    async () => {
      const isReady = /is ready/.test(running.stderr);
      const answer = await fetch(`http://127.0.0.1:${port}/v1/ready`).catch(() => undefined);
      seen.add(`${answer?.status}`);
      if (answer?.status === 200)
        assert.deepEqual(await (await fetch(answer.url)).json(), { status: "ready" });
      assert.ok(isReady && answer?.status === 200, running.stderr);
    },
    { interval: 1, timeout: 30_000 },
  );
  assert.ok(
    [...seen].every((status) => ["undefined", "503", "200"].includes(status)),
    [...seen].join(" "),
  );
  // The ingress and the connector answer as soon as it says so.
  await pair(served, "shop");
});
