import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import type { IngressParts } from "../../../src/ingress/start.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TestIngress, type Seen } from "../../doubles/ingress.ts";

const EVENTS = "/shop/v1/events";
const INFO = "/v1/applications/signingRequests/info";
/** Record header and the first bytes of a ClientHello: a handshake that never goes on. */
const HALF_A_HELLO = Buffer.from("16030100c8010000c40303", "hex");

/** Connections that begin a handshake, or not even that, and then say nothing more. */
async function stalled(port: number, count: number, first: Buffer | undefined): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ port, host: "127.0.0.1" });
      socket.on("error", () => {}).resume();
      await once(socket, "connect");
      if (first) socket.write(first);
      return socket;
    }),
  );
}

for (const [what, first] of [
  ["that stop half-way", HALF_A_HELLO],
  ["that never begin", undefined],
] as const) {
  test(`ingress - handshakes ${what} are closed at their deadline`, async () => {
    const clock = new FakeClock(Date.now());
    await using ingress = await TestIngress.start({ clock, options: { handshakeTimeout: 5000 } });
    const [socket] = (await stalled(ingress.gatewayPort, 1, first)) as [Socket];
    // Answered in order: the one before has been accepted too.
    await ingress.call(EVENTS, { identity: await ingress.clients.client("shop") });
    await clock.advance(4999);
    assert.equal(socket.destroyed, false);
    const closed = once(socket, "close");
    await clock.advance(1);
    await closed;
    await eventually(() => {
      const found = ingress.refusedHandshakes.map(({ reason, peer }) => [reason, peer]);
      assert.deepEqual(found, [["timeout", "127.0.0.1"]]);
    });
  });

  test(`ingress - a thousand handshakes ${what} keep nobody else out for long`, async () => {
    await using ingress = await TestIngress.start({ options: { maxHandshakes: 200 } });
    const shop = await ingress.clients.client("shop");
    const sockets = await stalled(ingress.gatewayPort, 1000, first);
    // Newcomers are let in once the oldest have visibly stalled.
    await eventually(async () => assert.equal((await ingress.call(EVENTS, { identity: shop })).status, 200));
    const open = () => sockets.filter((socket) => !socket.destroyed).length;
    await eventually(() => assert.ok(open() <= 200, `${open()} are still open`));
    assert.ok(ingress.refusedHandshakes.every(({ reason }) => reason === "overload"));
    await eventually(() => assert.ok(ingress.refusedHandshakes.length >= 800));
    for (const socket of sockets) socket.destroy();
  });
}

test("ingress - handshakes that have just begun are not thrown out for newcomers", async () => {
  const clock = new FakeClock(Date.now());
  await using ingress = await TestIngress.start({ clock, options: { maxHandshakes: 2 } });
  const sockets = await stalled(ingress.gatewayPort, 2, HALF_A_HELLO);
  const open = () => sockets.filter((socket) => !socket.destroyed).length;
  const shop = await ingress.clients.client("shop");
  await assert.rejects(ingress.call(EVENTS, { identity: shop }));
  assert.equal(open(), 2);
  await clock.advance(1000);
  assert.equal((await ingress.call(EVENTS, { identity: shop })).status, 200);
  await eventually(() => assert.equal(open(), 1));
  for (const socket of sockets) socket.destroy();
});

test("ingress - connections above the limit are closed, and counted as refused", async () => {
  await using ingress = await TestIngress.start({ options: { maxConnections: 2 } });
  const shop = await ingress.clients.client("shop");
  const open = await Promise.all([ingress.connect(shop), ingress.connect(shop)]);
  await assert.rejects(ingress.call(EVENTS, { identity: shop }));
  assert.equal(ingress.refusedHandshakes[0]?.reason, "overload");
  for (const socket of open) socket.destroy();
  await eventually(async () => assert.equal((await ingress.call(EVENTS, { identity: shop })).status, 200));
});

test("ingress - a client that leaves within its handshake is noticed as such", async () => {
  await using ingress = await TestIngress.start();
  const [socket] = (await stalled(ingress.gatewayPort, 1, HALF_A_HELLO)) as [Socket];
  await ingress.call(EVENTS, { identity: await ingress.clients.client("shop") });
  socket.destroy();
  await eventually(() => assert.equal(ingress.refusedHandshakes[0]?.reason, "client-left"));
  assert.equal(ingress.refusedHandshakes[0]?.peer, "127.0.0.1");
});

const bytesSeen = (json: unknown): number => (json as Seen).bodyBytes;

test("ingress - a body above the limit gets 413, announced or not", async () => {
  await using ingress = await TestIngress.start({ options: { maxBodySize: 100_000 } });
  const shop = await ingress.clients.client("shop");
  const post = (body: Buffer, headers: NodeJS.Dict<string> = {}) =>
    ingress.call(EVENTS, { identity: shop, method: "POST", body, headers });
  const chunked = { "transfer-encoding": "chunked" };
  const most = Buffer.alloc(100_000);
  assert.equal(bytesSeen((await post(most)).json()), 100_000);
  assert.equal(bytesSeen((await post(most, chunked)).json()), 100_000);
  const tooMuch = '{"code":413,"error":"Request body is larger than 100000 bytes."}\n';
  for (const headers of [{}, chunked]) {
    const answer = await post(Buffer.alloc(100_001), headers);
    assert.deepEqual([answer.status, answer.body, answer.headers.connection], [413, tooMuch, "close"]);
  }
  assert.equal((await post(Buffer.alloc(10_000_000))).body, tooMuch);
});

test("ingress - a client that waits before it sends hears the refusal instead of the go-ahead", async () => {
  await using ingress = await TestIngress.start({ options: { maxBodySize: 10 } });
  const client = await ingress.raw(await ingress.clients.client("shop"));
  const headers = ["Host: gateway.localhost", "Expect: 100-continue"];
  await client.request("POST", EVENTS, { headers: [...headers, "Content-Length: 5"] });
  await client.informed(100);
  await client.send("hello");
  assert.equal(bytesSeen((await client.response()).json()), 5);
  await client.request("POST", EVENTS, { headers: [...headers, "Content-Length: 50"] });
  const refused = await client.response();
  assert.deepEqual([refused.status, refused.informational.length], [413, 0]);
  await client.closed;
});

test("ingress - a refused request with a small body leaves its connection usable", async () => {
  await using ingress = await TestIngress.start();
  const client = await ingress.raw(await ingress.clients.client("shop"));
  const headers = ["Host: gateway.localhost"];
  await client.request("POST", "/nowhere", { headers, body: "x".repeat(10_000) });
  assert.equal((await client.response()).status, 404);
  await client.request("GET", EVENTS, { headers });
  assert.equal((await client.response()).status, 200);
  await client[Symbol.asyncDispose]();
});

test("ingress - wrong tokens from one address are limited, and the wait is told", async () => {
  const clock = new FakeClock(Date.now());
  await using ingress = await TestIngress.start({ clock });
  const info = (token: string) => ingress.pair(`${INFO}?token=${token}`);
  for (let tries = 0; tries < 10; tries++) {
    // eslint-disable-next-line no-await-in-loop -- one try after the other
    assert.equal((await info("wrong")).status, 403);
  }
  const limited = await info("right");
  assert.equal(limited.status, 429);
  assert.equal(limited.body, '{"code":429,"error":"Too many wrong tokens."}\n');
  assert.equal(limited.headers["retry-after"], "6");
  assert.equal((await ingress.pair("/v1/health")).status, 200);
  await clock.advance(6000);
  assert.equal((await info("right")).status, 200);
  assert.equal((await info("wrong")).status, 403);
  assert.equal((await info("wrong")).status, 429);
  await clock.advance(60_000);
  assert.equal((await info("wrong")).status, 403);
  assert.equal((await info("right")).status, 200);
});

test("ingress - right tokens are not limited, however many", async () => {
  await using ingress = await TestIngress.start({ options: { failedTokensPerMinute: 1 } });
  for (let tries = 0; tries < 20; tries++) {
    // eslint-disable-next-line no-await-in-loop -- one try after the other
    assert.equal((await ingress.pair(`${INFO}?token=right`)).status, 200);
  }
});

test("ingress - a handler that answers while a body is still coming is not disturbed by its end", async () => {
  const routes: Pick<IngressParts, "routes">["routes"] = {
    tokenHost: (_request, response) => response.end(),
    certificateHost: (_request, response) => response.end(),
    validator: (request, response) => {
      response.write("begun");
      request.resume();
    },
  };
  await using ingress = await TestIngress.start({ routes, options: { maxBodySize: 1000 } });
  const client = await ingress.raw(await ingress.clients.client("shop"));
  const headers = ["Host: gateway.localhost", "Transfer-Encoding: chunked"];
  await client.request("POST", EVENTS, { headers });
  await client.head();
  await client.send(`${(2000).toString(16)}\r\n${"x".repeat(2000)}\r\n`);
  await client.closed;
  assert.doesNotMatch(client.transcript, /413/);
});
