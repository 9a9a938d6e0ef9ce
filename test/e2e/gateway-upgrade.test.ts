import { deepEqual, equal, match, ok } from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { EndedTunnels } from "../doubles/ended-tunnels.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { openUpgrade, WEB_SOCKET_KEY } from "../doubles/upgrade-caller.ts";
import { accepts, switching, UpgradeTarget, waits, type Upgrading } from "../doubles/upgrade-target.ts";
import { acceptOf } from "../doubles/web-socket-accept.ts";
import { echoesFrames } from "../doubles/web-socket-echo.ts";

const SECRETS = {
  basic: { username: "user", password: "pass" },
  oauth: { clientId: "id", clientSecret: "secret" },
};
const BASIC = `Basic ${Buffer.from("user:pass").toString("base64")}`;

test("gateway upgrade - a WebSocket client talks through the gateway, and the target sees the credentials", async () => {
  await using target = await UpgradeTarget.start(echoesFrames);
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: SECRETS,
  });
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/shop/orders-api/live?since=1`, ["chat"]);
  await once(socket, "open");
  socket.send("hello");
  const [message] = (await once(socket, "message")) as [MessageEvent];
  equal(message.data, "hello");
  const large = "x".repeat(50_000);
  socket.send(large);
  const [second] = (await once(socket, "message")) as [MessageEvent];
  equal(String(second.data).length, large.length);
  const [{ request }] = target.upgrades as [(typeof target.upgrades)[0]];
  equal(request.url, "/live?since=1");
  equal(request.headers.authorization, BASIC);
  equal(request.headers.host, target.url.slice("http://".length));
  equal(request.headers["sec-websocket-protocol"], "chat");
  socket.close(1000);
  const [closed] = (await once(socket, "close")) as [CloseEvent];
  equal(closed.code, 1000);
  await eventually(() => equal(target.connections, 0));
  await eventually(() => equal(gateway.connections, 0));
});

test("gateway upgrade - the head of the 101 passes, and what came with it on either side arrives once", async () => {
  const speaksFirst: Upgrading = (upgrade) => {
    upgrade.socket.write(`${switching(upgrade, "X-Own: 1", "Set-Cookie: a=b")}first words`, "latin1");
    upgrade.socket.on("data", (chunk: Buffer) => upgrade.socket.write(chunk));
  };
  await using target = await UpgradeTarget.start(speaksFirst);
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using caller = await openUpgrade(gateway.port, { early: "early " });
  const head = await caller.head();
  equal(head[0], "HTTP/1.1 101 Switching Protocols");
  const lines = head.map((line) => line.toLowerCase());
  for (const line of [
    "connection: upgrade",
    "upgrade: websocket",
    "x-own: 1",
    "set-cookie: a=b",
    `sec-websocket-accept: ${acceptOf(WEB_SOCKET_KEY).toLowerCase()}`,
  ]) {
    equal(lines.filter((candidate) => candidate === line).length, 1, line);
  }
  ok(!lines.some((line) => /^(content-length|transfer-encoding|keep-alive|x-gateway-error):/.test(line)));
  equal((await caller.took(17)).toString(), "first wordsearly ");
});

for (const type of ["Basic", "OAuth", "OAuthWithCert"]) {
  test(`gateway upgrade - ${type} credentials, a CSRF token and configured parameters stand on it`, async () => {
    const authority = await TestAuthority.create();
    const client = await authority.client("shop");
    const tls = { ...(await authority.server()), clientAuthority: authority.crt };
    await using provider = await startIdentityProvider(type === "OAuthWithCert" ? { tls } : {});
    await using endpoints = await startIdentityProvider();
    await using target = await UpgradeTarget.start();
    const credentials = {
      type,
      secretName: "credentials",
      ...(type === "Basic" ? {} : { authenticationUrl: provider.tokenUrl }),
      csrfInfo: { tokenEndpointURL: endpoints.csrfUrl },
    };
    await using gateway = await startGateway({
      authority,
      applications: [shop(target.url, { credentials, requestParametersSecretName: "parameters" })],
      secrets: {
        credentials: { ...SECRETS.basic, ...SECRETS.oauth, ...client },
        parameters: { headers: '{"X-Key":["configured"]}', queryParameters: '{"q":["1"]}' },
      },
    });
    await using caller = await openUpgrade(gateway.port, { more: ["Authorization: Bearer own"] });
    equal(await caller.status(), 101);
    const { headers, url } = target.upgrades[0]?.request ?? {};
    equal(headers?.authorization, type === "Basic" ? BASIC : `Bearer ${provider.issued[0]}`);
    equal(headers?.["x-csrf-token"], endpoints.issued[0]);
    match(headers?.cookie ?? "", /^session=csrf/);
    equal(headers?.["x-key"], "configured");
    equal(url, "/live?q=1");
  });
}

test("gateway upgrade - a client certificate is presented, and bytes pass over TLS both ways", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using target = await UpgradeTarget.start(undefined, {
    cert: crt,
    key,
    ca: authority.crt,
    requestCert: true,
    rejectUnauthorized: true,
  });
  await using gateway = await startGateway({
    authority,
    applications: [shop(target.url, { credentials: { type: "CertificateGen", secretName: "cert" } })],
    secrets: { cert: { ...(await authority.client("shop")) } },
  });
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 101);
  const { socket } = await target.upgrade(1);
  equal((socket as TLSSocket).getPeerCertificate().subject.CN, "shop");
  await caller.send("ping");
  equal((await caller.took(4)).toString(), "ping");
  caller.end();
  await caller.ended();
  await eventually(() => equal(target.connections, 0));
});

test("gateway upgrade - the caller's Access-Token takes the place of the registered credentials", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: SECRETS,
  });
  await using caller = await openUpgrade(gateway.port, { more: ["Access-Token: Bearer own"] });
  equal(await caller.status(), 101);
  const { headers } = target.upgrades[0]?.request ?? {};
  equal(headers?.authorization, "Bearer own");
  equal(headers?.["access-token"], undefined);
});

for (const listener of ["compass", "host"] as const) {
  test(`gateway upgrade - it is found by its ${listener} address, too`, async () => {
    await using target = await UpgradeTarget.start();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const isHost = listener === "host";
    const headers = [
      "Connection: keep-alive, Upgrade",
      "Upgrade: WebSocket",
      `Sec-WebSocket-Key: ${WEB_SOCKET_KEY}`,
    ];
    await using caller = await openUpgrade(isHost ? gateway.port : gateway.compassPort, {
      path: isHost ? "/live" : "/shop/orders-api/rest-v1/live",
      host: isHost ? "shop-id-of-orders-api.kyma-integration" : "g",
      headers,
    });
    equal(await caller.status(), 101);
    equal(target.upgrades[0]?.request.url, "/live");
    await caller.send("x");
    await caller.took(1);
  });
}

test("gateway upgrade - any protocol but HTTP passes, with whatever method", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using caller = await openUpgrade(gateway.port, {
    method: "POST",
    headers: ["Connection: Upgrade", "Upgrade: SPDY/3.1", "Content-Length: 0"],
  });
  equal(await caller.status(), 101);
  equal(target.upgrades[0]?.request.headers.upgrade, "SPDY/3.1");
  await caller.send("stream");
  equal((await caller.took(6)).toString(), "stream");
});

test("gateway upgrade - 401 is answered by one repetition with a new token before the 101", async () => {
  await using provider = await startIdentityProvider();
  const refusesFirst: Upgrading = (upgrade, number) => {
    if (number > 1) return accepts(upgrade, number);
    upgrade.socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  };
  await using target = await UpgradeTarget.start(refusesFirst);
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: provider.tokenUrl },
      }),
    ],
    secrets: SECRETS,
  });
  await using caller = await openUpgrade(gateway.port, { early: "kept" });
  equal(await caller.status(), 101);
  deepEqual(
    target.upgrades.map(({ request }) => request.headers.authorization),
    ["Bearer token-1", "Bearer token-2"],
  );
  const { socket } = target.upgrades[1] as (typeof target.upgrades)[0];
  const [bytes] = (await once(socket, "data")) as [Buffer];
  equal(bytes.toString(), "kept");
  equal(gateway.finished[0]?.attempts, 2);
});

test("gateway upgrade - a second 401 is the caller's, and ends the connection", async () => {
  const refuses: Upgrading = ({ socket }) =>
    void socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\nX-Own: 1\r\n\r\nrefuse");
  await using target = await UpgradeTarget.start(refuses);
  await using gateway = await startGateway({
    applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } })],
    secrets: SECRETS,
  });
  await using caller = await openUpgrade(gateway.port, { early: "GET /shop/orders-api/x HTTP/1.1\r\n\r\n" });
  equal(await caller.status(), 401);
  const lines = (await caller.head()).map((line) => line.toLowerCase());
  ok(lines.includes("connection: close"));
  ok(lines.includes("x-own: 1"));
  await caller.ended();
  equal(caller.bytes.toString(), "refuse");
  equal(target.upgrades.length, 2);
  equal(target.requests.length, 0);
  caller.end();
  await caller.closed;
  await eventually(() => equal(gateway.connections, 0));
});

test("gateway upgrade - a target that knows no upgrade answers as ever, large bodies too", async () => {
  const body = "b".repeat(3_000_000);
  const answers: Upgrading = ({ socket }) =>
    void socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await using target = await UpgradeTarget.start(answers);
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 200);
  equal((await caller.took(body.length)).length, body.length);
  await caller.ended();
});

test("gateway upgrade - what the gateway itself answers is JSON and ends the connection", async () => {
  await using gateway = await startGateway({ applications: [shop("http://127.0.0.1:1")] });
  for (const [path, status] of [
    ["/shop/unknown/live", 404],
    ["/shop/orders-api/live", 502],
  ] as const) {
    await using caller = await openUpgrade(gateway.port, { path });
    equal(await caller.status(), status);
    ok((await caller.head()).some((line) => line.toLowerCase() === "connection: close"));
    await caller.ended();
    equal((JSON.parse(caller.bytes.toString()) as { code: number }).code, status);
  }
});

test("gateway upgrade - a target that does not answer in time is 504", async () => {
  await using target = await UpgradeTarget.start(waits);
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 200 },
  });
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 504);
  await eventually(() => equal(target.connections, 0));
});

test("gateway upgrade - it is told when the protocol is switched, and at the end what has passed", async () => {
  using tunnels = new EndedTunnels();
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const caller = await openUpgrade(gateway.port, { path: "/shop/orders-api/live?secret=1" });
  equal(await caller.status(), 101);
  await eventually(() => equal(gateway.finished.length, 1));
  const [call] = gateway.finished;
  deepEqual([call?.status, call?.targetStatus, call?.origin], [101, 101, "target"]);
  await gateway.inFlight(0);
  await caller.send("hello");
  await caller.took(5);
  equal(tunnels.all.length, 0);
  caller.end();
  await caller.ended();
  const { reason, bytesToTarget, bytesToCaller, protocol, call: opener } = await tunnels.next();
  deepEqual([reason, bytesToTarget, bytesToCaller, protocol], ["caller", 5, 5, "websocket"]);
  equal(opener.path, "/shop/orders-api/live");
  equal(opener.requestId, call?.requestId);
});
