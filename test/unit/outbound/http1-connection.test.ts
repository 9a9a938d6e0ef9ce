import assert from "node:assert/strict";
import { test } from "node:test";
import { StaleConnection } from "../../../src/outbound/stale-connection.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { openPool } from "../../doubles/http1-pool.ts";
import { answersBytes, startTarget } from "../../doubles/target.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("http1 connection - one call after the other shares a connection, calls at a time have their own", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  for (let count = 0; count < 5; count++) {
    const answer = await AnswerRecorder.send(pool).over;
    assert.deepEqual([answer.status, answer.body], [200, '{"ok":true}']);
  }
  assert.equal(target.accepted, 1);
  await Promise.all(Array.from({ length: 4 }, () => AnswerRecorder.send(pool).over));
  assert.equal(target.accepted, 4);
  await Promise.all(Array.from({ length: 4 }, () => AnswerRecorder.send(pool).over));
  assert.equal(target.accepted, 4);
});

test("http1 connection - the next call after an answer finds its connection at once", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  const second = new AnswerRecorder();
  const first = new (class extends AnswerRecorder {
    override ended(): void {
      queueMicrotask(() => second.send(pool));
    }
  })();
  first.send(pool);
  assert.equal((await second.over).status, 200);
  assert.equal(target.accepted, 1);
});

test("http1 connection - an answer that ends while it is paused leaves its connection readable", async () => {
  await using target = await startTarget(answersBytes(OK));
  using pool = openPool(target.url);
  for (let round = 0; round < 3; round++) {
    const paused = new AnswerRecorder();
    paused.received = () => false;
    // eslint-disable-next-line no-await-in-loop -- over one connection
    assert.equal((await paused.send(pool).over).events.at(-1), "ended");
  }
  assert.equal(target.accepted, 1);
});

for (const [what, bytes] of [
  ["says Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
  ["is HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  ["is followed by another answer", `${OK}${OK.replace("ok", "no")}`],
  ["is followed by an empty line", `${OK}\r\n`],
  ["is longer than it says", `${OK}!`],
  ["is 204 with a length", "HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\n"],
  ["is 204 with a coding", "HTTP/1.1 204 None\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["is 304 with a body", "HTTP/1.1 304 Same\r\nContent-Length: 2\r\n\r\nok"],
] as const) {
  test(`http1 connection - an answer that ${what} is the last one of its connection`, async () => {
    await using target = await startTarget(answersBytes(bytes));
    using pool = openPool(target.url);
    const first = await AnswerRecorder.send(pool).over;
    assert.equal(first.events.at(-1), "ended");
    assert.ok(first.body === "ok" || first.body === "");
    await target.last.closed;
    target.answering = answersBytes(OK);
    assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
    assert.equal(target.accepted, 2);
  });
}

for (const [length, connections] of [
  ["Content-Length: 0\r\n", 1],
  ["", 1],
  ["Content-Length: 2\r\n", 2],
  ["Transfer-Encoding: chunked\r\n", 2],
] as const) {
  test(`http1 connection - HEAD answered with "${length.trim()}" ${connections === 1 ? "keeps" : "ends"} the connection`, async () => {
    await using target = await startTarget(answersBytes(`HTTP/1.1 200 OK\r\n${length}\r\n`));
    using pool = openPool(target.url);
    const first = await AnswerRecorder.send(pool, { method: "HEAD" }).over;
    assert.deepEqual(first.events, ["started", "ended"]);
    target.answering = answersBytes(OK);
    assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
    assert.equal(target.accepted, connections);
  });
}

test("http1 connection - bytes on an idle connection end it and answer nobody", async () => {
  await using target = await startTarget(answersBytes(OK));
  using pool = openPool(target.url);
  await AnswerRecorder.send(pool).over;
  await target.last.write(OK.replace("ok", "no"));
  await target.last.closed;
  assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
  assert.equal(target.accepted, 2);
});

test("http1 connection - informational answers come before the answer, in their order", async () => {
  const early =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n";
  await using target = await startTarget(answersBytes(early + OK));
  using pool = openPool(target.url);
  const answer = await AnswerRecorder.send(pool).over;
  assert.deepEqual(answer.informational, [100, 103, 102]);
  assert.deepEqual(answer.events, ["informed", "informed", "informed", "started", "received", "ended"]);
  assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
  assert.equal(target.accepted, 1);
});

test("http1 connection - an answer without a length lasts until the connection ends", async () => {
  await using target = await startTarget(async (call) => {
    await call.write("HTTP/1.1 200 OK\r\n\r\nhel");
    await call.write("lo");
    call.end();
  });
  using pool = openPool(target.url);
  const answer = await AnswerRecorder.send(pool).over;
  assert.deepEqual([answer.body, answer.events.at(-1)], ["hello", "ended"]);
});

for (const [what, bytes, then, code] of [
  ["ends without an answer", "", "ends", "CLOSED_BEFORE_ANSWER"],
  ["resets without an answer", "", "resets", "ECONNRESET"],
  ["ends within the head", "HTTP/1.1 200 OK\r\nX-", "ends", "ANSWER_TOO_SHORT"],
  ["ends within the body", OK.slice(0, -1), "ends", "ANSWER_TOO_SHORT"],
  [
    "ends within a chunk",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "ends",
    "ANSWER_TOO_SHORT",
  ],
  ["resets a body that lasts until the end", "HTTP/1.1 200 OK\r\n\r\nhel", "resets", "ECONNRESET"],
  ["greets in another protocol and waits", "SSH-2.0-OpenSSH_9.7\r\n", "keeps", "MALFORMED_ANSWER"],
  ["switches protocols", "HTTP/1.1 101 Switching\r\n\r\n", "keeps", "MALFORMED_ANSWER"],
  [
    "sends a malformed chunk",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "keeps",
    "MALFORMED_ANSWER",
  ],
] as const) {
  test(`http1 connection - a target that ${what} is told as ${code}, and its connection is closed`, async () => {
    await using target = await startTarget(answersBytes(bytes, then));
    using pool = openPool(target.url);
    const answer = await AnswerRecorder.send(pool).over;
    assert.equal(answer.error?.code, code);
    assert.equal(answer.events.at(-1), "failed");
    assert.ok(!(answer.error instanceof StaleConnection));
    await target.last.closed;
    assert.equal(target.connections, 0);
  });
}

for (const then of ["ends", "resets"] as const) {
  test(`http1 connection - a kept connection that the target ${then} under a request is told as stale`, async () => {
    await using target = await startTarget();
    using pool = openPool(target.url);
    await AnswerRecorder.send(pool).over;
    target.answering = answersBytes("", then);
    const answer = await AnswerRecorder.send(pool).over;
    assert.ok(answer.error instanceof StaleConnection);
    assert.equal(target.accepted, 1);
  });

  test(`http1 connection - one byte of an answer on a kept connection that ${then}: not stale`, async () => {
    await using target = await startTarget();
    using pool = openPool(target.url);
    for (const bytes of ["H", "HTTP/1.1 103 Early\r\n\r\n"]) {
      target.answering = answersBytes(OK);
      await AnswerRecorder.send(pool).over;
      const before = target.accepted;
      target.answering = async (call) => {
        await call.write(bytes);
        await eventually(() => assert.ok(answer.events.length > 0 || bytes === "H"));
        if (then === "ends") call.end();
        else call.reset();
      };
      const answer = AnswerRecorder.send(pool);
      await answer.over;
      assert.ok(answer.error && !(answer.error instanceof StaleConnection));
      assert.equal(target.accepted, before);
    }
  });
}

test("http1 connection - a request that cannot be sent costs no connection and is not told as stale", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  await AnswerRecorder.send(pool).over;
  const events: string[] = [];
  const refused = AnswerRecorder.send(pool, { path: "/a b" });
  events.push(...refused.events);
  assert.equal((await refused.over).error?.code, "UNSENDABLE_REQUEST");
  // Not before `forward` has returned.
  assert.deepEqual(events, []);
  assert.ok(!(refused.error instanceof StaleConnection));
  await AnswerRecorder.send(pool).over;
  assert.deepEqual([target.accepted, target.calls.length], [1, 2]);
});

test("http1 connection - idle for longer than is kept, it is not used again", async () => {
  const clock = new FakeClock();
  await using target = await startTarget();
  using pool = openPool(target.url, { idleTimeout: 5000, clock });
  await AnswerRecorder.send(pool).over;
  await clock.advance(4999);
  await AnswerRecorder.send(pool).over;
  assert.equal(target.accepted, 1);
  await clock.advance(5000);
  await AnswerRecorder.send(pool).over;
  assert.equal(target.accepted, 2);
});

test("http1 connection - a target that says how long it keeps a connection is not asked in the last second", async () => {
  const clock = new FakeClock();
  await using target = await startTarget(answersBytes(OK.replace("\r\n", "\r\nKeep-Alive: timeout=3\r\n")));
  using pool = openPool(target.url, { clock });
  await AnswerRecorder.send(pool).over;
  await clock.advance(1999);
  await AnswerRecorder.send(pool).over;
  assert.equal(target.accepted, 1);
  await clock.advance(2000);
  await AnswerRecorder.send(pool).over;
  assert.equal(target.accepted, 2);
});

test("http1 connection - the sweep closes what has been idle for too long, and only that", async () => {
  const clock = new FakeClock();
  await using target = await startTarget(async (call) => {
    if (call.path !== "/slow") await call.respond(200);
  });
  using pool = openPool(target.url, { idleTimeout: 5000, clock });
  const slow = AnswerRecorder.send(pool, { path: "/slow" });
  await Promise.all([AnswerRecorder.send(pool).over, AnswerRecorder.send(pool).over]);
  await clock.advance(3000);
  await AnswerRecorder.send(pool).over;
  assert.equal(target.connections, 3);
  await clock.advance(3000);
  pool.sweep();
  await eventually(() => assert.equal(target.connections, 2));
  await clock.advance(3000);
  pool.sweep();
  await eventually(() => assert.equal(target.connections, 1));
  assert.equal(pool.empty, false);
  slow.abort();
  await eventually(() => assert.equal(pool.empty, true));
});

test("http1 connection - an idle connection that the target closes is forgotten", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  await AnswerRecorder.send(pool).over;
  assert.equal(pool.empty, false);
  target.closeConnections();
  await eventually(() => assert.equal(pool.empty, true));
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
});

for (const event of ["informed", "started", "received", "ended"] as const) {
  test(`http1 connection - a receiver that throws in ${event} is told so, and harms no other call`, async () => {
    await using target = await startTarget(answersBytes(`HTTP/1.1 103 Early\r\n\r\n${OK}`));
    using pool = openPool(target.url);
    const broken = new AnswerRecorder();
    broken[event] = () => {
      throw new Error("a fault of the receiver");
    };
    broken.send(pool);
    assert.equal((await broken.over).error?.message, "a fault of the receiver");
    await target.last.closed;
    assert.equal((await AnswerRecorder.send(pool).over).body, "ok");
  });
}
