import { equal, ok, rejects } from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

test("gateway streaming - each server-sent event reaches the caller before the next is sent", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/events", { headers: ["Accept: text/event-stream"] });
  const call = await target.call(1);
  await call.write(
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  const answer = await client.head();
  equal(answer.header("Content-Type"), "text/event-stream");
  for (let event = 1; event <= 5; event++) {
    const text = `data: ${event}\n\n`;
    await call.write(`${text.length.toString(16)}\r\n${text}\r\n`);
    await eventually(() => ok(answer.text.endsWith(text)));
  }
  await call.write("0\r\n\r\n");
  equal((await answer.body).toString(), "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\n");
});

test("gateway streaming - the headers reach the caller before there is any body", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const call = await target.call(1);
  await call.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  equal((await client.head()).status, 200);
  await call.write("body");
});

test("gateway streaming - an upload reaches the target piece by piece", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", { headers: ["Transfer-Encoding: chunked"] });
  for (let piece = 1; piece <= 3; piece++) {
    await client.send("3\r\nabc\r\n");
    const call = await target.call(1);
    await eventually(() => equal(call.received, piece * 3));
  }
  await client.send("0\r\n\r\n");
  equal((await client.response()).status, 200);
  equal(await target.last.text(), "abcabcabc");
});

test("gateway streaming - the answer may begin while the caller still sends", async () => {
  await using target = await startTarget(async (call) => {
    await call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n");
    await call.body;
    await call.write("4\r\nlate\r\n0\r\n\r\n");
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", { headers: ["Transfer-Encoding: chunked"] });
  await client.send("3\r\nabc\r\n");
  const answer = await client.head();
  await eventually(() => equal(answer.text, "early"));
  await client.send("3\r\ndef\r\n0\r\n\r\n");
  equal((await answer.body).toString(), "earlylate");
  equal(await target.last.text(), "abcdef");
});

test("gateway streaming - a caller that does not read holds the target back, and nothing is lost", async () => {
  const chunk = randomBytes(256 * 1024);
  const chunks = 256;
  let written = 0;
  await using target = await startTarget(async (call) => {
    await call.write(`HTTP/1.1 200 OK\r\nContent-Length: ${chunk.length * chunks}\r\n\r\n`);
    for (let index = 0; index < chunks; index++) {
      await call.write(chunk);
      written += chunk.length;
    }
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const answer = await client.head();
  client.pause();
  await settles(() => written);
  ok(
    written < chunk.length * chunks * 0.75,
    `the target wrote ${written} bytes against a caller that reads nothing`,
  );
  client.resume();
  const body = await answer.body;
  equal(body.length, chunk.length * chunks);
  equal(digest(body.subarray(-chunk.length)), digest(chunk));
});

test("gateway streaming - a target that does not read holds the caller back, and nothing is lost", async () => {
  const piece = randomBytes(256 * 1024);
  const pieces = 256;
  let written = 0;
  await using target = await startTarget(async (call) => {
    call.pause();
    await released.promise;
    call.resume();
    await call.body;
    await call.respond(200);
  });
  const released = Promise.withResolvers<void>();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("PUT", "/shop/orders-api/x", {
    headers: [`Content-Length: ${piece.length * pieces}`],
  });
  const sending = (async () => {
    for (let index = 0; index < pieces; index++) {
      await client.send(piece);
      written += piece.length;
    }
  })();
  await target.call(1);
  await settles(() => written);
  ok(
    written < piece.length * pieces * 0.75,
    `the caller sent ${written} bytes to a target that reads nothing`,
  );
  released.resolve();
  await sending;
  equal((await client.response()).status, 200);
  const body = await target.last.body;
  equal(body.length, piece.length * pieces);
  equal(digest(body.subarray(0, piece.length)), digest(piece));
});

test("gateway streaming - an answer may last longer than proxyTimeout as long as it keeps coming", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 300, streamIdleTimeout: 5000 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const call = await target.call(1);
  await call.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
  const answer = await client.head();
  const begun = performance.now();
  await eventually(() => ok(performance.now() - begun > 900));
  await call.write("b");
  equal((await answer.body).toString(), "ab");
});

test("gateway streaming - a pause longer than streamIdleTimeout ends the call visibly and frees the target", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { streamIdleTimeout: 200 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const call = await target.call(1);
  await call.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
  await rejects(client.response(), /closed inside/);
  await call.closed;
});

test("gateway streaming - a caller that reads no more is cut, and the target is not blamed for it", async () => {
  await using target = await startTarget(async (call) => {
    await call.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1024 ** 3}\r\n\r\n`);
    while (call.isOpen) await call.write(Buffer.alloc(256 * 1024));
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { streamIdleTimeout: 300 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  await client.head();
  client.pause();
  await target.last.closed;
  await gateway.inFlight(0);
  const [call] = gateway.finished;
  equal(call?.reason, "the caller read nothing more of its answer for 300ms");
  equal(call.status, 200);
  equal(gateway.connections, 0);
});

test("gateway streaming - a caller that sends calls and reads no answer is cut", async () => {
  await using target = await startTarget((call) => call.respond(200, {}, "x".repeat(60_000)));
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { streamIdleTimeout: 300 },
  });
  await using client = await gateway.connect();
  client.pause();
  const get = "GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\n\r\n";
  const refused = "GET /nobody/x HTTP/1.1\r\nHost: g\r\n\r\n";
  await client.send((get + refused).repeat(500));
  await eventually(() => equal(gateway.connections, 0));
  await gateway.inFlight(0);
  ok(
    gateway.finished.some(({ reason }) => reason === "the caller read nothing more of its answer for 300ms"),
  );
  equal(
    gateway.finished.some(({ reason }) => reason?.startsWith("the target")),
    false,
  );
});

test("gateway streaming - after a caller has caught up, a pause is the target's again", async () => {
  const size = 32 * 1024 * 1024;
  let written = 0;
  await using target = await startTarget(async (call) => {
    await call.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * size}\r\n\r\n`);
    for (; written < size; written += 256 * 1024) await call.write(Buffer.alloc(256 * 1024));
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { streamIdleTimeout: 3000 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const answer = await client.head();
  client.pause();
  await settles(() => written);
  ok(written < size, "the target is held back");
  client.resume();
  await eventually(() => equal(answer.soFar.length, size));
  await rejects(answer.body, /closed inside/);
  await gateway.inFlight(0);
  equal(gateway.finished[0]?.reason, "the target sent nothing more of its answer for 3s");
});

test("gateway streaming - a call behind another on its connection is not cut while it waits for its turn", async () => {
  const size = 8 * 1024 * 1024;
  await using target = await startTarget(async (call) => {
    if (call.path === "/first") return;
    await call.respond(200, {}, "x".repeat(size));
  });
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { streamIdleTimeout: 200 },
  });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/first");
  await client.request("GET", "/shop/orders-api/second");
  await client.request("GET", "/nobody/third");
  const first = await eventually(() => {
    equal(target.calls.length, 2);
    return target.calls.find(({ path }) => path === "/first");
  });
  const begun = performance.now();
  await eventually(() => ok(performance.now() - begun > 600));
  await first?.respond(200, {}, "first");
  equal((await client.response()).text, "first");
  equal((await (await client.response()).body).length, size);
  equal((await client.response()).status, 404);
});

/** Resolves when a count has not changed for half a second. */
async function settles(count: () => number): Promise<void> {
  let last = -1;
  let since = performance.now();
  await eventually(
    () => {
      if (count() !== last) {
        last = count();
        since = performance.now();
      }
      ok(performance.now() - since > 500);
    },
    { timeout: 30_000 },
  );
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
