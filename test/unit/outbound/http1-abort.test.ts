import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { StaleConnection } from "../../../src/outbound/stale-connection.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openPool } from "../../doubles/http1-pool.ts";
import { startTarget } from "../../doubles/target.ts";

/** Accepts connections and says nothing, which is a TLS handshake or a proxy that never answers. */
async function startSilence() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    socket.resume();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

for (const [phase, bytes] of [
  ["before the answer", ""],
  ["within the head", "HTTP/1.1 200 OK\r\nX-"],
  ["after an informational answer", "HTTP/1.1 103 Early\r\n\r\n"],
  ["after the head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"],
  ["within the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"],
  ["within a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"],
] as const) {
  test(`http1 abort - ${phase} it frees the connection, and nothing more is heard`, async () => {
    await using target = await startTarget(async (call) => call.write(bytes));
    using pool = openPool(target.url);
    const answer = AnswerRecorder.send(pool);
    const call = await target.call(1);
    if (bytes.includes("\r\n\r\n")) await eventually(() => assert.ok(answer.events.length > 0));
    const heard = [...answer.events];
    answer.abort();
    answer.abort();
    answer.resume();
    await call.closed;
    await eventually(() => assert.equal(pool.empty, true));
    assert.deepEqual(answer.events, heard);
  });
}

test("http1 abort - in the middle of an upload it frees the connection and ends the body", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  const body = new PassThrough();
  const answer = AnswerRecorder.send(pool, { method: "POST", body });
  body.write("abc");
  const call = await target.call(1);
  await eventually(() => assert.equal(call.received, 3));
  answer.abort();
  await call.closed;
  assert.ok(body.destroyed);
  assert.deepEqual(answer.events, []);
});

test("http1 abort - while a paused answer waits it frees the connection", async () => {
  await using target = await startTarget(async (call) => {
    await call.write(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(100_000)}`);
  });
  using pool = openPool(target.url);
  const answer = new AnswerRecorder();
  answer.received = () => false;
  answer.send(pool);
  await answer.begun;
  answer.abort();
  await target.last.closed;
});

for (const event of ["informed", "started", "received"] as const) {
  test(`http1 abort - within ${event} it ends the exchange there`, async () => {
    await using target = await startTarget(async (call) => {
      await call.write(
        "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
      );
    });
    using pool = openPool(target.url);
    const answer = new AnswerRecorder();
    const record = answer[event].bind(answer) as (...values: unknown[]) => boolean;
    answer[event] = (...values: unknown[]) => {
      answer.abort();
      return record(...values);
    };
    answer.send(pool);
    const call = await target.call(1);
    await call.closed;
    assert.equal(answer.events.at(-1), event);
  });
}

test("http1 abort - after the end it does nothing to the connection", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  const answer = new AnswerRecorder();
  const record = answer.ended.bind(answer);
  answer.ended = (trailers) => {
    answer.abort();
    record(trailers);
  };
  await answer.send(pool).over;
  answer.abort();
  await AnswerRecorder.send(pool).over;
  assert.equal(target.accepted, 1);
});

test("http1 abort - before it is connected it gives the connection up and ends the body", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  const body = new PassThrough();
  const answer = AnswerRecorder.send(pool, { method: "POST", body });
  assert.equal(pool.empty, false);
  answer.abort();
  await eventually(() => assert.equal(pool.empty, true));
  assert.ok(body.destroyed);
  assert.deepEqual([answer.events, target.calls.length], [[], 0]);
  await eventually(() => assert.equal(target.connections, 0));
});

test("http1 abort - within the name look-up it gives the call up at once", async () => {
  const asked: string[] = [];
  using pool = openPool("http://far.test:1", { resolve: (hostname) => void asked.push(hostname) });
  const answer = AnswerRecorder.send(pool);
  await eventually(() => assert.deepEqual(asked, ["far.test"]));
  answer.abort();
  await eventually(() => assert.equal(pool.empty, true));
  assert.deepEqual(answer.events, []);
});

for (const [phase, origin, proxy] of [
  ["the TLS handshake", "https://127.0.0.1", false],
  ["the proxy's answer", "https://target.test", true],
] as const) {
  test(`http1 abort - within ${phase} it closes the socket`, async () => {
    await using silence = await startSilence();
    const port = proxy ? 443 : silence.port;
    using pool = openPool(`${origin}:${port}`, proxy ? { proxy: `http://127.0.0.1:${silence.port}` } : {});
    const answer = AnswerRecorder.send(pool);
    await eventually(() => assert.equal(silence.sockets.size, 1));
    answer.abort();
    await eventually(() => assert.equal(silence.sockets.size, 0));
    await eventually(() => assert.equal(pool.empty, true));
    assert.deepEqual(answer.events, []);
  });

  test(`http1 connecting - ${phase} that takes too long is told as CONNECT_TIMEOUT`, async () => {
    await using silence = await startSilence();
    const port = proxy ? 443 : silence.port;
    using pool = openPool(`${origin}:${port}`, {
      connectTimeout: 50,
      ...(proxy ? { proxy: `http://127.0.0.1:${silence.port}` } : {}),
    });
    const answer = await AnswerRecorder.send(pool).over;
    assert.equal(answer.error?.code, "CONNECT_TIMEOUT");
    await eventually(() => assert.equal(silence.sockets.size, 0));
    assert.equal(pool.empty, true);
  });
}

test("http1 connecting - once it is connected no timer is left", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  await using target = await startTarget();
  using pool = openPool(target.url);
  const before = timers();
  await AnswerRecorder.send(pool).over;
  assert.equal(timers(), before);
});

test("http1 connecting - a name look-up that takes too long is told as CONNECT_TIMEOUT", async () => {
  using pool = openPool("http://far.test:1", { connectTimeout: 20, resolve: () => {} });
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "CONNECT_TIMEOUT");
});

test("http1 connecting - a refused connection and an unknown name are told as the system tells them", async () => {
  const target = await startTarget();
  const { url } = target;
  await target[Symbol.asyncDispose]();
  using pool = openPool(url);
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "ECONNREFUSED");
  const unknown = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  using nowhere = openPool("http://unknown.test", { resolve: (_, __, callback) => callback(unknown, []) });
  assert.equal((await AnswerRecorder.send(nowhere).over).error?.code, "ENOTFOUND");
});

test("http1 pool - closing cuts calls in every phase, and later calls fail", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path === "/kept") await call.respond(200);
    if (call.path === "/body") await call.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  });
  const pool = openPool(target.url);
  const [waiting, receiving] = [AnswerRecorder.send(pool), AnswerRecorder.send(pool, { path: "/body" })];
  await AnswerRecorder.send(pool, { path: "/kept" }).over;
  await eventually(() => assert.equal(receiving.body, "abc"));
  await target.call(3);
  const connecting = AnswerRecorder.send(pool);
  const another = AnswerRecorder.send(pool);
  pool.close();
  const body = new PassThrough();
  const later = AnswerRecorder.send(pool, { method: "POST", body });
  const ended = await Promise.all([waiting, receiving, connecting, another, later].map(({ over }) => over));
  for (const { error } of ended) assert.equal(error?.code, "CONNECTIONS_CLOSED");
  for (const { error } of ended) assert.ok(!(error instanceof StaleConnection));
  assert.ok(body.destroyed);
  await eventually(() => assert.equal(target.connections, 0));
  await turn();
  assert.equal(pool.empty, true);
});
