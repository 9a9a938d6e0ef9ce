import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/core/clock.ts";
import { startOtlpTracing } from "../../src/telemetry/otlp-tracing.ts";
import { annotated } from "../doubles/annotated.ts";
import { api, application, service, shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway, type GatewayStart } from "../doubles/gateway.ts";
import { echoesHttp2, Http2Target, type Http2Answering } from "../doubles/http2-target.ts";
import { startTarget } from "../doubles/target.ts";
import { TraceCollector } from "../doubles/trace-collector.ts";
import { openUpgrade } from "../doubles/upgrade-caller.ts";
import { UpgradeTarget } from "../doubles/upgrade-target.ts";

const PATH = "/shop/orders-api/x";
const H2 = { "appconn.dev/target-protocol": "h2" };

async function startScene(
  answering?: Http2Answering,
  start: GatewayStart & { more?: Record<string, string> } = {},
) {
  const stack = new AsyncDisposableStack();
  const target = stack.use(await Http2Target.start(answering));
  const applications = [annotated(shop(target.url), { ...H2, ...start.more })];
  const gateway = stack.use(await startGateway({ applications, ...start }));
  return { target, gateway, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const answersOk: Http2Answering = ({ stream }) => stream.respond({ ":status": 200 }, { endStream: true });

/** A message as gRPC frames it: not compressed, and its length. */
function message(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const GRPC = ["Content-Type: application/grpc", "TE: trailers", "Transfer-Encoding: chunked"];

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

test("gateway HTTP/2 - a call as gRPC makes it streams both ways, and its outcome comes in the trailers", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("data", (bytes: Buffer) => stream.write(bytes)).on("end", () => stream.end());
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "done" }));
  });
  await using client = await scene.gateway.connect();
  await client.request("POST", "/shop/orders-api/shop.Orders/Watch", { headers: GRPC });
  await client.send(chunk(message("one")));
  const answer = await client.head();
  for (const text of ["one", "two"]) {
    if (text === "two") await client.send(chunk(message(text)));
    await eventually(() => ok(answer.soFar.subarray(-8).equals(message(text))));
  }
  await client.send("0\r\n\r\n");
  await answer.body;
  deepEqual(answer.trailers, ["grpc-status", "0", "grpc-message", "done"]);
  const { fields, path } = scene.target.last;
  equal(path, "/shop.Orders/Watch");
  ok(fields.includes("te") && fields.includes("trailers"));
});

test("gateway HTTP/2 - an error of gRPC that is nothing but a head passes", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": "5" },
      { endStream: true },
    );
  });
  const headers = ["Content-Type: application/grpc", "TE: trailers"];
  const answer = await scene.gateway.call("POST", PATH, { headers, body: message("x") });
  deepEqual([answer.status, answer.header("grpc-status"), answer.text], [200, "5", ""]);
});

test("gateway HTTP/2 - a small answer leaves whole, with its length", async () => {
  await using scene = await startScene();
  const answer = await scene.gateway.call("POST", PATH, { body: "small" });
  deepEqual([answer.text, answer.header("Content-Length")], ["small", "5"]);
});

test("gateway HTTP/2 - many calls share one connection, and one that is slow holds none of them up", async () => {
  await using scene = await startScene((request) => {
    if (request.path !== "/slow") void answersOk(request);
  });
  const slow = scene.gateway.call("GET", "/shop/orders-api/slow");
  await scene.target.request(1);
  const calls = Array.from({ length: 50 }, () => scene.gateway.call("GET", PATH));
  for (const call of calls) equal((await call).status, 200);
  equal(scene.target.sessions.length, 1);
  void answersOk(scene.target.requests[0] as (typeof scene.target.requests)[0]);
  equal((await slow).status, 200);
});

test("gateway HTTP/2 - what the target has not looked at is sent again, whatever it would change", async () => {
  const bodies: string[] = [];
  await using scene = await startScene(async (request) => {
    if (request.connection === 1) return request.stream.close(7);
    bodies.push(await request.text());
    await answersOk(request);
  });
  const small = await scene.gateway.call("POST", PATH, { body: "small" });
  equal(small.status, 200);
  const large = "x".repeat(200_000);
  scene.target.answering = async (request) => {
    if (scene.target.requests.length === 3) return request.stream.close(7);
    bodies.push(await request.text());
    await answersOk(request);
  };
  equal((await scene.gateway.call("POST", PATH, { body: large })).status, 200);
  deepEqual(
    bodies.map(({ length }) => length),
    [5, 200_000],
  );
  deepEqual(
    scene.gateway.finished.map(({ attempts }) => attempts),
    [2, 2],
  );
});

test("gateway HTTP/2 - a target that refuses it again is 502, and so is a body that cannot be sent again", async () => {
  await using scene = await startScene(({ stream }) => stream.close(7), {
    options: { retryBufferBytes: 10 },
  });
  const answer = await scene.gateway.call("GET", PATH);
  deepEqual([answer.status, answer.header("X-Gateway-Error")], [502, "target"]);
  match(answer.text, /refused to process/);
  equal(scene.target.requests.length, 2);
  equal((await scene.gateway.call("POST", PATH, { body: "x".repeat(200_000) })).status, 502);
  equal(scene.target.requests.length, 3);
});

test("gateway HTTP/2 - a target that leaves (GOAWAY) costs no call, and those under way end as ever", async () => {
  await using scene = await startScene((request) => {
    if (request.path !== "/slow") void answersOk(request);
  });
  const slow = scene.gateway.call("GET", "/shop/orders-api/slow");
  await scene.target.request(1);
  scene.target.sessions[0]?.goaway();
  for (let call = 0; call < 10; call++)
    equal((await scene.gateway.call("POST", PATH, { body: "x" })).status, 200);
  equal(scene.target.sessions.length, 2);
  void answersOk(scene.target.requests[0] as (typeof scene.target.requests)[0]);
  equal((await slow).status, 200);
});

test("gateway HTTP/2 - a reset is a failure of the target for its circuit breaker", async () => {
  await using scene = await startScene(({ stream }) => stream.close(2), {
    more: { "appconn.dev/circuit-breaker": "2/1h" },
  });
  for (const status of [502, 502, 503]) equal((await scene.gateway.call("GET", PATH)).status, status);
  equal(scene.target.requests.length, 2);
});

test("gateway HTTP/2 - the setting is that of its API alone, and a change takes effect with the next call", async () => {
  await using modern = await Http2Target.start(echoesHttp2);
  await using old = await startTarget();
  const both = (annotations: Record<string, string>) =>
    annotated(
      application("shop", [service("modern", [api(modern.url)]), service("old", [api(old.url)])]),
      annotations,
    );
  await using gateway = await startGateway({
    applications: [both({ "modern.appconn.dev/target-protocol": "h2" })],
  });
  equal((await gateway.call("GET", "/shop/modern/x")).status, 200);
  equal((await gateway.call("GET", "/shop/old/x")).status, 200);
  deepEqual(
    gateway.finished.map(({ targetProtocol }) => targetProtocol),
    ["2", "1.1"],
  );
  gateway.apply(both(H2));
  equal((await gateway.call("GET", "/shop/old/x")).status, 502);
  gateway.apply(both({ "appconn.dev/target-protocol": "http2" }));
  const answer = await gateway.call("GET", "/shop/old/x");
  deepEqual([answer.status, answer.header("X-Gateway-Error")], [500, "config"]);
  match(answer.text, /http\/1\.1, h2 or auto/);
});

test("gateway HTTP/2 - a target without TLS that does not speak it is 502, and is sent no request", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), H2)] });
  const answer = await gateway.call("GET", PATH, { headers: ["Authorization: Bearer own"] });
  equal(answer.status, 502);
  ok(!target.transcripts.join("").includes("own"));
  equal((await gateway.call("GET", PATH)).status, 502);
});

test("gateway HTTP/2 - one address policy, one certificate, one connection: nothing is shared between APIs that differ", async () => {
  const authority = await TestAuthority.create();
  const { crt: cert, key } = await authority.server();
  await using target = await Http2Target.startSecure(echoesHttp2, {
    ...{ cert, key, ca: authority.crt, requestCert: true, rejectUnauthorized: false },
  });
  const names = ["first", "second"];
  const services = names.map((name) =>
    service(name, [api(target.url, { credentials: { type: "CertificateGen", secretName: name } })]),
  );
  const policy = { "none.appconn.dev/address-policy": "!private" };
  await using gateway = await startGateway({
    authority,
    applications: [
      annotated(application("shop", [...services, service("none", [api(target.url)])]), { ...H2, ...policy }),
    ],
    secrets: Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, { ...(await authority.client(name)) }] as const)),
    ),
  });
  for (const name of [...names, ...names]) equal((await gateway.call("GET", `/shop/${name}/x`)).status, 200);
  deepEqual(
    target.requests.map(({ connection }) => connection),
    [1, 2, 1, 2],
  );
  const refused = await gateway.call("GET", "/shop/none/x");
  equal(refused.header("X-Gateway-Error"), "policy");
});

test("gateway HTTP/2 - an upgrade goes over HTTP/1.1, which alone knows any", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await startGateway({ applications: [annotated(shop(target.url), H2)] });
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 101);
  await caller.send("ping");
  equal((await caller.took(4)).toString(), "ping");
});

test("gateway HTTP/2 - the span of the target names the protocol", async () => {
  await using collector = await TraceCollector.start();
  const tracing = await startOtlpTracing({
    endpoint: collector.endpoint,
    version: "1.2.3",
    environment: {},
    clock: systemClock,
    onTrouble: () => {},
  });
  await using scene = await startScene(answersOk, { tracing });
  const headers = ["traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"];
  equal((await scene.gateway.call("GET", PATH, { headers })).status, 200);
  await tracing[Symbol.asyncDispose]();
  equal(collector.span("target").attributes["network.protocol.version"], "2");
});
