import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as turnEnds } from "node:timers/promises";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { openPool } from "../../doubles/http1-pool.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A target that answers everything, and shows its connections and the requests that came over each. */
async function rawTarget() {
  const connections: { readonly socket: Socket; readonly requests: string[] }[] = [];
  const server = createServer((socket) => {
    const requests: string[] = [];
    connections.push({ socket, requests });
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      requests.push(bytes.toString("latin1").split(" ", 1)[0] ?? "");
      socket.write(OK);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    [Symbol.asyncDispose]: async () => {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Calls back for bytes that `tell` sends: both sides are in this process. */
async function signalled(called: () => void) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const near = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [[far]] = (await Promise.all([once(server, "connection"), once(near, "connect")])) as [
    [Socket],
    unknown,
  ];
  far.once("data", called);
  // Until the loop has looked once, the system is not asked about it: it would come behind what is asked about.
  for (let turn = 0; turn < 2; turn++) await turnEnds();
  return {
    tell: () => void near.write("x"),
    [Symbol.dispose]: () => {
      near.destroy();
      far.destroy();
      server.close();
    },
  };
}

for (const [what, say] of [
  ["an answer that nobody asked for", (socket: Socket) => void socket.write(OK.replace("ok", "no"))],
  [
    "408, because it was idle",
    (socket: Socket) => void socket.write("HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n"),
  ],
  ["that it closes", (socket: Socket) => void socket.end()],
] as const) {
  test(`http1 same turn - a kept connection says ${what} in the turn of a request, which then goes another way`, async () => {
    await using target = await rawTarget();
    using pool = openPool(target.url);
    assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
    const next = new AnswerRecorder();
    using signal = await signalled(() => next.send(pool, { method: "POST" }));
    const [kept] = target.connections;
    assert.ok(kept);
    // Both lie in the system's buffers before the event loop looks again, and so come in one turn.
    signal.tell();
    say(kept.socket);
    const answer = await next.over;
    assert.deepEqual([answer.error, answer.status, answer.body], [undefined, 200, "ok"]);
    assert.deepEqual(
      target.connections.map(({ requests }) => requests),
      [["GET"], ["POST"]],
    );
  });
}

test("http1 same turn - a request that is given up in its turn is never sent", async () => {
  await using target = await rawTarget();
  using pool = openPool(target.url);
  assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
  AnswerRecorder.send(pool, { method: "DELETE" }).abort();
  assert.equal((await AnswerRecorder.send(pool, { method: "PUT" }).over).body, "ok");
  assert.deepEqual(
    target.connections.map(({ requests }) => requests),
    [["GET", "PUT"]],
  );
});

test("http1 same turn - a pool that is closed in the turn of a request fails it", async () => {
  await using target = await rawTarget();
  using pool = openPool(target.url);
  const request = AnswerRecorder.send(pool);
  assert.equal(pool.empty, false);
  pool.close();
  assert.equal((await request.over).error?.code, "CONNECTIONS_CLOSED");
  assert.equal(target.connections.length, 0);
});

test("http1 same turn - a request that wants a fresh connection gets one although others are kept", async () => {
  await using target = await rawTarget();
  using pool = openPool(target.url);
  assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
  assert.equal((await AnswerRecorder.send(pool, { freshConnection: true }).over).body, "ok");
  assert.equal(target.connections.length, 2);
});
