import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { StaleConnection } from "../../../src/outbound/stale-connection.ts";
import { UnprocessedRequest } from "../../../src/outbound/unprocessed-request.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { openHttp2Pool } from "../../doubles/http1-pool.ts";
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  literals,
  startFramedTarget,
  words,
  type FramedConnection,
} from "../../doubles/http2-frames.ts";
import { Http2Target, type Http2Answering } from "../../doubles/http2-target.ts";

const answersLate: Http2Answering = () => {};

function answersNow({ stream }: Parameters<Http2Answering>[0]): void {
  stream.respond({ ":status": 200 }, { endStream: true });
}

const okFrame = (stream: number) =>
  frame(FRAME.headers, END_STREAM | END_HEADERS, stream, literals(":status", "200"));
const goaway = (last: number, code: number) => frame(FRAME.goaway, 0, 0, words(last, code));
const maxStreams = (count: number) =>
  frame(FRAME.settings, 0, 0, Buffer.concat([Buffer.from([0, 3]), words(count)]));

test("http2 sessions - many requests share one connection, and no more than the target takes at a time", async () => {
  await using target = await Http2Target.start(answersLate, { settings: { maxConcurrentStreams: 10 } });
  using pool = openHttp2Pool(target.url);
  const answers = Array.from({ length: 25 }, () => AnswerRecorder.send(pool));
  await target.request(25);
  const shares = [1, 2, 3].map(
    (number) => target.requests.filter(({ connection }) => connection === number).length,
  );
  assert.deepEqual(
    shares.toSorted((a, b) => a - b),
    [5, 10, 10],
  );
  for (const request of target.requests) answersNow(request);
  for (const answer of answers) assert.equal((await answer.over).status, 200);
  target.answering = answersNow;
  for (let call = 0; call < 10; call++) assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.equal(target.sessions.length, 3);
});

test("http2 sessions - who waits for a connection is served by the first that has room", async () => {
  await using target = await Http2Target.start(answersLate, { settings: { maxConcurrentStreams: 1 } });
  using pool = openHttp2Pool(target.url);
  const first = AnswerRecorder.send(pool);
  await target.request(1);
  const second = AnswerRecorder.send(pool);
  await target.request(2);
  for (const request of target.requests) answersNow(request);
  assert.deepEqual([(await first.over).status, (await second.over).status], [200, 200]);
});

test("http2 sessions - a target that takes no request at all is not asked for ever", async () => {
  await using target = await startFramedTarget(() => {}, { greeting: maxStreams(0) });
  using pool = openHttp2Pool(target.url);
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "NOT_PROCESSED");
  assert.equal(target.connections.length, 1);
});

test("http2 sessions - what a leaving target has not looked at is told apart from what it may have (GOAWAY)", async () => {
  let leaves = (_: FramedConnection) => {};
  await using target = await startFramedTarget((connection, stream) => {
    if (stream === 5) leaves(connection);
    if (stream > 5) connection.send(okFrame(stream));
  });
  using pool = openHttp2Pool(target.url);
  const answers = [1, 2, 3].map(() => AnswerRecorder.send(pool, { method: "POST", body: Buffer.from("x") }));
  leaves = (connection) => connection.send(goaway(3, 0), okFrame(1));
  assert.equal((await answers[0]?.over)?.status, 200);
  assert.ok((await answers[2]?.over)?.error instanceof UnprocessedRequest);
  const [connection] = target.connections;
  connection?.send(okFrame(3));
  assert.equal((await answers[1]?.over)?.status, 200);
  await eventually(() => assert.equal(connection?.isOpen, false));
  // The next one goes over another connection.
  AnswerRecorder.send(pool);
  await eventually(() => assert.equal(target.connections.length, 2));
});

test("http2 sessions - a target that gives up with an error has looked at the streams that it names", async () => {
  await using target = await startFramedTarget((connection, stream) => {
    if (stream === 3) connection.send(goaway(1, 11));
  });
  using pool = openHttp2Pool(target.url);
  const [seen, unseen] = [AnswerRecorder.send(pool), AnswerRecorder.send(pool)];
  assert.equal((await seen.over).error?.code, "STREAM_RESET");
  assert.ok((await unseen.over).error instanceof UnprocessedRequest);
});

test("http2 sessions - a refused stream was not looked at, and its connection goes on", async () => {
  await using target = await Http2Target.start(({ stream, path }) => {
    if (path === "/refused") stream.close(7);
    else answersNow({ stream } as Parameters<Http2Answering>[0]);
  });
  using pool = openHttp2Pool(target.url);
  assert.ok((await AnswerRecorder.send(pool, { path: "/refused" }).over).error instanceof UnprocessedRequest);
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.equal(target.sessions.length, 1);
  // After one that was refused, not where others may be refused too.
  assert.equal((await AnswerRecorder.send(pool, { freshConnection: true }).over).status, 200);
  assert.equal(target.sessions.length, 2);
});

for (const [how, end] of [
  ["closed", (connection: FramedConnection) => connection.end()],
  ["reset", (connection: FramedConnection) => connection.reset()],
] as const) {
  test(`http2 sessions - a connection that is ${how} under a request is stale if it had served others`, async () => {
    await using target = await startFramedTarget((connection, stream) => {
      if (stream === 1) connection.send(okFrame(1));
      else end(connection);
    });
    using pool = openHttp2Pool(target.url);
    assert.equal((await AnswerRecorder.send(pool).over).status, 200);
    assert.ok((await AnswerRecorder.send(pool).over).error instanceof StaleConnection);
  });

  test(`http2 sessions - a new connection that is ${how} under its first request is a failure of the target`, async () => {
    await using target = await startFramedTarget((connection) => end(connection));
    using pool = openHttp2Pool(target.url);
    const { error } = await AnswerRecorder.send(pool).over;
    assert.ok(!(error instanceof StaleConnection));
    assert.match(error?.code ?? "", /^(CLOSED_BEFORE_ANSWER|ECONNRESET)$/);
  });

  test(`http2 sessions - an answer whose connection is ${how} in its body is too short`, async () => {
    await using target = await startFramedTarget((connection, stream) => {
      connection.send(
        frame(FRAME.headers, END_HEADERS, stream, literals(":status", "200")),
        frame(FRAME.data, 0, stream, Buffer.from("half")),
      );
    });
    using pool = openHttp2Pool(target.url);
    const answer = AnswerRecorder.send(pool);
    await eventually(() => assert.equal(answer.body, "half"));
    end(target.connections[0] as FramedConnection);
    assert.equal((await answer.over).error?.code, "ANSWER_TOO_SHORT");
  });
}

test("http2 sessions - an idle connection is closed, one with a request is not", async () => {
  const clock = new FakeClock();
  await using target = await Http2Target.start(answersLate);
  using pool = openHttp2Pool(target.url, { clock, idleTimeout: 1000 });
  const answer = AnswerRecorder.send(pool);
  const { stream } = await target.request(1);
  await clock.advance(5000);
  pool.sweep();
  stream.respond({ ":status": 200 }, { endStream: true });
  assert.equal((await answer.over).status, 200);
  assert.equal(pool.empty, false);
  await eventually(() => assert.ok(stream.closed));
  await clock.advance(5000);
  pool.sweep();
  await eventually(() => assert.equal(target.sockets.size, 0));
  await eventually(() => assert.equal(pool.empty, true));
});

test("http2 sessions - a connection that was quiet is asked whether it is there, and one that is not takes nothing more", async () => {
  const clock = new FakeClock();
  await using target = await startFramedTarget(
    (connection, stream) => {
      if (stream === 1 && connection === target.connections[0]) connection.send(okFrame(1));
      if (connection !== target.connections[0]) connection.send(okFrame(stream));
    },
    { deaf: true },
  );
  using pool = openHttp2Pool(target.url, { clock });
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  await clock.advance(20_000);
  const lost = AnswerRecorder.send(pool);
  const [connection] = target.connections;
  await eventually(() =>
    assert.ok(connection?.frames.some(({ kind, flags }) => kind === FRAME.ping && flags === 0)),
  );
  await clock.advance(2000);
  assert.equal((await AnswerRecorder.send(pool).over).status, 200);
  assert.equal(target.connections.length, 2);
  await clock.advance(10_000);
  assert.ok((await lost.over).error instanceof StaleConnection);
  await eventually(() => assert.equal(connection?.isOpen, false));
});

test("http2 sessions - after a request that was given up unanswered the connection has to show that it answers", async () => {
  const clock = new FakeClock();
  await using target = await startFramedTarget(() => {});
  using pool = openHttp2Pool(target.url, { clock });
  const answer = AnswerRecorder.send(pool);
  const pings = () => target.connections[0]?.frames.filter(({ kind }) => kind === FRAME.ping).length;
  await eventually(() => assert.ok(target.connections[0]?.frames.some(({ kind }) => kind === FRAME.headers)));
  answer.abort();
  await eventually(() => assert.equal(pings(), 1));
  // It has answered, and stays.
  await clock.advance(30_000);
  assert.equal(target.connections[0]?.isOpen, true);
});

test("http2 sessions - a long silence under a request is broken by a PING every six minutes", async () => {
  const clock = new FakeClock();
  await using target = await startFramedTarget(() => {});
  using pool = openHttp2Pool(target.url, { clock });
  AnswerRecorder.send(pool);
  await eventually(() => assert.ok(target.connections[0]?.frames.some(({ kind }) => kind === FRAME.headers)));
  const pings = () => target.connections[0]?.frames.filter(({ kind }) => kind === FRAME.ping).length;
  for (const minutes of [5, 2]) {
    await clock.advance(minutes * 60_000);
    pool.sweep();
    if (minutes === 5) assert.equal(pings(), 0);
  }
  await eventually(() => assert.equal(pings(), 1));
});

test("http2 sessions - credentials are remembered by no table of the connection, other headers are", async () => {
  await using target = await startFramedTarget((connection, stream) => connection.send(okFrame(stream)));
  using pool = openHttp2Pool(target.url);
  const sizes: number[] = [];
  for (const name of ["Authorization", "X-Api-Key", "X-Own"]) {
    const headers = ["Host", "h", name, "v".repeat(400)];
    for (let call = 0; call < 2; call++)
      assert.equal((await AnswerRecorder.send(pool, { headers }).over).status, 200);
    const heads = target.connections[0]?.frames.filter(({ kind }) => kind === FRAME.headers);
    sizes.push(heads?.at(-1)?.payload.length ?? 0);
  }
  assert.ok((sizes[0] ?? 0) > 100 && (sizes[1] ?? 0) > 100 && (sizes[2] ?? 0) < 20, sizes.join());
});

test("http2 sessions - a pool that is closed ends what is under way, and takes nothing more", async () => {
  await using target = await Http2Target.start(answersLate);
  using pool = openHttp2Pool(target.url);
  const answer = AnswerRecorder.send(pool);
  await target.request(1);
  pool.close();
  assert.equal((await answer.over).error?.code, "CONNECTIONS_CLOSED");
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "CONNECTIONS_CLOSED");
  await eventually(() => assert.equal(target.sockets.size, 0));
});

test("http2 sessions - who gives up or breaks off while a connection is opened is forgotten, and the others are served", async () => {
  await using target = await Http2Target.start(answersNow);
  using pool = openHttp2Pool(target.url);
  const body = new PassThrough();
  const [aborted, broken, served] = [
    AnswerRecorder.send(pool),
    AnswerRecorder.send(pool, { method: "POST", body }),
    AnswerRecorder.send(pool),
  ];
  aborted.abort();
  body.destroy(new Error("the caller has gone"));
  assert.equal((await broken.over).error?.message, "the caller has gone");
  assert.equal((await served.over).status, 200);
  assert.deepEqual([aborted.events, target.requests.length], [[], 1]);
});

test("http2 sessions - where no connection can be made, all who wait for it are told", async () => {
  const target = await Http2Target.start();
  const { url } = target;
  await target[Symbol.asyncDispose]();
  using pool = openHttp2Pool(url);
  const answers = Array.from({ length: 5 }, () => AnswerRecorder.send(pool));
  for (const answer of answers) assert.equal((await answer.over).error?.code, "ECONNREFUSED");
  await eventually(() => assert.equal(pool.empty, true));
});
