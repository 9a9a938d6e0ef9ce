import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { StaleConnection } from "../../../src/outbound/stale-connection.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openPool } from "../../doubles/http1-pool.ts";
import { answersEcho, answersOk, startTarget } from "../../doubles/target.ts";

/** Emits chunks of this size for ever, as fast as they are taken. */
function endless(size = 64 * 1024): Readable {
  const chunk = Buffer.alloc(size, "x");
  return new Readable({
    read() {
      this.push(chunk);
    },
  });
}

for (const [what, body, headers] of [
  ["bytes", Buffer.from("hello"), []],
  ["a stream", Readable.from([Buffer.from("hel"), Buffer.alloc(0), Buffer.from("lo")]), []],
  [
    "a stream of known length",
    Readable.from([Buffer.from("hel"), Buffer.from("lo")]),
    ["Content-Length", "5"],
  ],
  ["a large body of bytes", Buffer.alloc(3_000_000, "y"), []],
  ["an empty stream", Readable.from([]), []],
  ["an empty stream of known length", Readable.from([]), ["Content-Length", "0"]],
] as const) {
  test(`http1 upload - ${what} comes whole, and the connection is used again`, async () => {
    await using target = await startTarget(answersEcho);
    using pool = openPool(target.url);
    const answer = await AnswerRecorder.send(pool, { method: "POST", body, headers }).over;
    const expected = Buffer.isBuffer(body) ? body.toString() : what.includes("empty") ? "" : "hello";
    assert.equal(answer.status, 200);
    assert.ok(answer.body === expected, `${answer.body.length} bytes came back`);
    assert.deepEqual(target.unreadable, []);
    await AnswerRecorder.send(pool).over;
    assert.equal(target.accepted, 1);
  });
}

test("http1 upload - an empty piece in between does not end a chunked body", async () => {
  await using target = await startTarget(answersEcho);
  using pool = openPool(target.url);
  const body = new Readable({ objectMode: true, read: () => {} });
  for (const piece of ["a", "", "b"]) body.push(Buffer.from(piece));
  body.push(null);
  const answer = await AnswerRecorder.send(pool, { method: "POST", body }).over;
  assert.deepEqual([answer.body, target.calls.length, target.unreadable], ["ab", 1, []]);
});

for (const [what, pieces] of [
  ["shorter", ["abc"]],
  ["longer in one piece", ["abcdefgh"]],
  ["longer in a later piece", ["abcde", "f"]],
] as const) {
  test(`http1 upload - a body that is ${what} than was said fails, and nothing of another length is sent`, async () => {
    await using target = await startTarget();
    using pool = openPool(target.url);
    await AnswerRecorder.send(pool).over;
    const body = Readable.from(pieces.map((piece) => Buffer.from(piece)));
    const answer = await AnswerRecorder.send(pool, { method: "POST", body, headers: ["Content-Length", "5"] })
      .over;
    assert.equal(answer.error?.code, "REQUEST_LENGTH_MISMATCH");
    assert.ok(!(answer.error instanceof StaleConnection));
    await eventually(() => assert.equal(target.connections, 0));
    assert.match(target.transcripts[0] ?? "", /\r\n\r\n(abc|abcde)?$/);
    assert.ok(body.destroyed);
  });
}

for (const moment of ["before it is sent", "while the connection is opened", "in the middle"] as const) {
  for (const how of ["with an error", "without an error"] as const) {
    test(`http1 upload - a body that breaks off ${moment} ${how} fails the call and closes its connection`, async () => {
      await using target = await startTarget();
      using pool = openPool(target.url);
      const body = new PassThrough();
      // Whoever breaks off its own body hears of it.
      const breakOff = () => void body.destroy(how === "with an error" ? new Error("broken off") : undefined);
      if (moment === "before it is sent") {
        body.on("error", () => {});
        breakOff();
        await turn();
      }
      const answer = AnswerRecorder.send(pool, { method: "POST", body });
      if (moment === "while the connection is opened") breakOff();
      if (moment === "in the middle") {
        body.write("abc");
        const call = await target.call(1);
        await eventually(() => assert.equal(call.received, 3));
        breakOff();
      }
      await answer.over;
      const told = how === "with an error" && moment !== "before it is sent";
      if (told) assert.equal(answer.error?.message, "broken off");
      else assert.equal(answer.error?.code, "REQUEST_LENGTH_MISMATCH");
      await eventually(() => assert.equal(target.connections, 0));
    });
  }
}

test("http1 upload - an answer may come while the body is still on its way, in both directions", async () => {
  await using target = await startTarget(async (call) => {
    await call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
    await call.body;
    await call.write("0\r\n\r\n");
  });
  using pool = openPool(target.url);
  const body = new PassThrough();
  const answer = AnswerRecorder.send(pool, { method: "POST", body });
  body.write("a");
  await eventually(() => assert.equal(answer.body, "hi"));
  body.end("b");
  await answer.over;
  assert.equal(answer.events.at(-1), "ended");
  assert.equal(await target.last.text(), "ab");
  await AnswerRecorder.send(pool).over;
  assert.equal(target.accepted, 1);
});

test("http1 upload - an answer before the end of the body ends the body and the connection", async () => {
  await using target = await startTarget((call) => call.respond(413, {}, "too large"));
  using pool = openPool(target.url);
  const body = endless();
  const answer = await AnswerRecorder.send(pool, { method: "POST", body }).over;
  assert.deepEqual([answer.status, answer.body], [413, "too large"]);
  assert.ok(body.destroyed);
  await target.last.closed;
  target.answering = answersOk;
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
});

test("http1 upload - a connection whose request is not whole is not used again, even when nothing waits to be sent", async () => {
  await using target = await startTarget((call) => call.respond(200));
  using pool = openPool(target.url);
  const body = new PassThrough();
  body.write("abc");
  const early = await AnswerRecorder.send(pool, { method: "POST", body }).over;
  assert.equal(early.status, 200);
  await target.last.closed;
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.deepEqual([target.accepted, target.unreadable], [2, []]);
});

for (const length of [undefined, "100000000000"]) {
  test(`http1 upload - an answer that comes just before a reset is not lost under ${length ? "a long" : "an endless"} body`, async () => {
    await using target = await startTarget(async (call) => {
      await call.respond(413, { Connection: "close" }, "too large");
      call.reset();
    });
    using pool = openPool(target.url);
    for (let round = 0; round < 20; round++) {
      const headers = length === undefined ? [] : ["Content-Length", length];
      // One after the other: each finds the reset at another moment.
      // eslint-disable-next-line no-await-in-loop
      const answer = await AnswerRecorder.send(pool, { method: "POST", body: endless(), headers }).over;
      assert.deepEqual([answer.status, answer.body, answer.error], [413, "too large", undefined]);
    }
  });
}

test("http1 upload - an answer is read even when the write fails before anything was read", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  const body = new PassThrough();
  const answer = AnswerRecorder.send(pool, { method: "POST", body });
  const call = await target.call(1);
  await call.write("HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nname");
  call.reset();
  // In the same turn, so that the failed write comes first.
  body.write("more");
  await answer.over;
  assert.deepEqual([answer.status, answer.body, answer.error], [401, "name", undefined]);
});

test("http1 upload - an answer is read even when it comes and the write fails while other sockets are read", async () => {
  await using target = await startTarget();
  await using other = await startTarget();
  using pool = openPool(target.url);
  using otherPool = openPool(other.url);
  const body = new PassThrough();
  const answer = AnswerRecorder.send(pool, { method: "POST", body });
  const call = await target.call(1);
  const meanwhile = new AnswerRecorder();
  // The system has said already which sockets can be read in this turn, and the target's is not among them.
  meanwhile.started = () => {
    void call.write("HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nname");
    call.reset();
    body.write("more");
  };
  meanwhile.send(otherPool);
  await answer.over;
  assert.deepEqual([answer.status, answer.body, answer.error], [401, "name", undefined]);
});

test("http1 upload - a write that fails without an answer is told as what it is", async () => {
  await using target = await startTarget(async (call) => {
    await eventually(() => assert.ok(call.received > 0));
    call.reset();
  });
  using pool = openPool(target.url);
  const answer = await AnswerRecorder.send(pool, { method: "POST", body: endless() }).over;
  assert.match(answer.error?.code ?? "", /^(ECONNRESET|EPIPE)$/);
  await eventually(() => assert.equal(pool.empty, true));
});

test("http1 upload - a large body of bytes that is answered early does not hold up the next call", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path !== "/early") return call.respond(200);
    call.pause();
    await call.respond(200);
  });
  using pool = openPool(target.url);
  const body = Buffer.alloc(20_000_000);
  const early = await AnswerRecorder.send(pool, { method: "POST", path: "/early", body }).over;
  assert.equal(early.status, 200);
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.equal(target.accepted, 2);
});

test("http1 upload - a thousand calls leave no listener on their connection", async () => {
  const sockets: Socket[] = [];
  const opened = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);
  subscribe("net.client.socket", opened);
  await using target = await startTarget(answersEcho);
  using pool = openPool(target.url);
  const listeners = new Set<string>();
  for (let round = 0; round < 1000; round++) {
    const body = Readable.from([Buffer.from("a"), Buffer.from("b")]);
    // eslint-disable-next-line no-await-in-loop -- they share one connection
    assert.equal((await AnswerRecorder.send(pool, { method: "POST", body }).over).body, "ab");
    for (const socket of sockets)
      listeners.add(
        socket
          .eventNames()
          .map((name) => `${String(name)} ${socket.listenerCount(name)}`)
          .join(),
      );
  }
  unsubscribe("net.client.socket", opened);
  assert.deepEqual([sockets.length, listeners.size], [1, 1]);
});
