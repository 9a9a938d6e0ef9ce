import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { UnprocessedRequest } from "../../../src/outbound/unprocessed-request.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openHttp2Pool } from "../../doubles/http1-pool.ts";
import { SlowReader } from "../../doubles/slow-reader.ts";
import { Http2Target, type Http2Answering } from "../../doubles/http2-target.ts";

const MiB = 1024 * 1024;

async function startScene(answering?: Http2Answering) {
  const stack = new AsyncDisposableStack();
  const target = stack.use(await Http2Target.start(answering));
  const pool = stack.use(openHttp2Pool(target.url));
  const send = (request = {}) => AnswerRecorder.send(pool, request);
  return { target, pool, send, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("http2 exchange - a request and its answer pass as they are, whatever bytes are in them", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.respond([":status", "201", "x-latin", "\u00e9\u00ff", "set-cookie", "a=1", "set-cookie", "b=2"]);
    stream.pipe(stream);
  });
  const body = Buffer.from([0, 255, 10, 13]);
  const headers = [
    "Host",
    "orders.test:1",
    "X-A",
    "\u00e9",
    "Cookie",
    "a=1",
    "Cookie",
    "b=2",
    "TE",
    "trailers",
  ];
  const answer = await scene.send({ method: "POST", path: "/r\u00e4w/%zz/../x?q=%2f", headers, body }).over;
  assert.deepEqual([answer.status, answer.body], [201, body.toString("latin1")]);
  assert.deepEqual(answer.events, ["started", "received", "ended"]);
  assert.deepEqual(answer.headers.slice(0, 6), [
    "x-latin",
    "\u00e9\u00ff",
    "set-cookie",
    "a=1",
    "set-cookie",
    "b=2",
  ]);
  const { fields } = scene.target.last;
  assert.deepEqual(fields.slice(0, 8), [
    ...[":method", "POST", ":scheme", "http", ":authority", "orders.test:1"],
    ...[":path", "/r\u00e4w/%zz/../x?q=%2f"],
  ]);
  assert.ok(fields.includes("te") && fields.includes("\u00e9"));
  // RFC 9113 §8.2.3: whoever receives several puts them together.
  assert.equal(scene.target.last.stream.sentHeaders?.[":status"], "201");
});

test("http2 exchange - headers that stand twice, are empty or are large pass for the target to judge", async () => {
  await using scene = await startScene();
  const large = "x".repeat(50_000);
  const headers = ["Host", "h", "If-Match", "a", "If-Match", "b", "X-Empty", "", "X-Large", large];
  assert.equal((await scene.send({ headers }).over).status, 200);
  const { fields } = scene.target.last;
  assert.deepEqual(fields.slice(8, 14), ["if-match", "a", "if-match", "b", "x-empty", ""]);
  assert.equal(fields[15]?.length, large.length);
});

test("http2 exchange - a target refuses by itself what it will not read", async () => {
  await using scene = await startScene();
  const { error } = await scene.send({ headers: ["Host", "h", "X-Large", "x".repeat(200_000)] }).over;
  assert.ok(error && !(error instanceof UnprocessedRequest));
});

test("http2 exchange - HEAD, 204 and 304 have no body, and their length passes", async () => {
  await using scene = await startScene(({ stream, path }) => {
    stream.respond({ ":status": Number(path.slice(1)), "content-length": "5" }, { endStream: true });
  });
  for (const [method, path] of [
    ["HEAD", "/200"],
    ["GET", "/304"],
  ]) {
    const { events, headers } = await scene.send({ method, path }).over;
    assert.deepEqual([events, headers[1]], [["started", "ended"], "5"]);
  }
});

test("http2 exchange - informational answers pass", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.additionalHeaders({ ":status": 103, link: "</a.css>" });
    stream.additionalHeaders({ ":status": 102 });
    stream.respond({ ":status": 200 });
    stream.end("body");
  });
  const answer = await scene.send().over;
  assert.deepEqual(answer.events, ["informed", "informed", "started", "received", "ended"]);
  assert.deepEqual(answer.informational, [103, 102]);
});

test("http2 exchange - trailers pass behind the body", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-sum": ["1", "2"] }));
    stream.write("body");
    stream.end();
  });
  const answer = await scene.send().over;
  assert.deepEqual(answer.events, ["started", "received", "ended"]);
  assert.deepEqual(answer.trailers, ["grpc-status", "0", "x-sum", "1", "x-sum", "2"]);
});

test("http2 exchange - an answer that has nothing but a head is whole", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.respond({ ":status": 200, "grpc-status": "5" }, { endStream: true });
  });
  const { events, trailers } = await scene.send({ method: "POST", body: new PassThrough() }).over;
  assert.deepEqual([events, trailers], [["started", "ended"], []]);
});

test("http2 exchange - both directions stream at a time", async () => {
  await using scene = await startScene();
  const body = new PassThrough();
  const answer = scene.send({ method: "POST", body });
  await answer.begun;
  for (const word of ["one ", "two ", "three"]) {
    body.write(word);
    await eventually(() => assert.ok(answer.body.endsWith(word)));
  }
  body.end();
  assert.equal((await answer.over).body, "one two three");
});

test("http2 exchange - large bodies arrive whole both ways, beside each other on one connection", async () => {
  await using scene = await startScene();
  const bodies = [3, 5, 8].map((size) => randomBytes(size * MiB));
  const answers = bodies.map((bytes) => scene.send({ method: "POST", body: Readable.from(pieces(bytes)) }));
  for (const [index, answer] of answers.entries()) {
    const { body, error } = await answer.over;
    assert.equal(error, undefined);
    assert.equal(sha256(Buffer.from(body, "latin1")), sha256(bodies[index] as Buffer));
  }
  assert.equal(scene.target.sessions.length, 1);
});

function pieces(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / 65536) }, (_, index) =>
    bytes.subarray(index * 65536, (index + 1) * 65536),
  );
}

test("http2 exchange - as many uploads as a connection takes wait for their target at a time", async () => {
  await using target = await Http2Target.start(() => {}, { settings: { maxConcurrentStreams: 200 } });
  using pool = openHttp2Pool(target.url);
  const body = () => Readable.from(Array.from({ length: 4 }, () => Buffer.alloc(65536)));
  const answers = Array.from({ length: 200 }, () =>
    AnswerRecorder.send(pool, { method: "POST", body: body() }),
  );
  await target.request(200);
  for (const request of target.requests) {
    request.stream.resume().on("end", () => request.stream.respond({ ":status": 204 }, { endStream: true }));
  }
  for (const answer of answers) {
    const { status, error } = await answer.over;
    assert.deepEqual([status, error?.message], [204, undefined]);
  }
});

test("http2 exchange - a caller that does not read holds its own stream back, and no other", async () => {
  let sent = 0;
  await using scene = await startScene(({ stream, path }) => {
    stream.respond({ ":status": 200 });
    if (path === "/small") return void stream.end("small");
    const push = () => {
      while (sent < 64 * MiB) {
        sent += 65536;
        if (!stream.write(Buffer.alloc(65536, "x"))) return void stream.once("drain", push);
      }
      stream.end();
    };
    push();
  });
  const slow = new SlowReader();
  slow.send(scene.pool);
  await slow.begun;
  await eventually(() => assert.ok(slow.size > 0));
  for (let call = 0; call < 20; call++) {
    assert.equal((await scene.send({ path: "/small" }).over).body, "small");
  }
  assert.ok(sent < 4 * MiB, `${sent} bytes have left the target`);
  slow.holds = false;
  slow.resume();
  assert.equal((await slow.over).size, 64 * MiB);
  assert.equal(scene.target.sessions.length, 1);
});

test("http2 exchange - one that is given up while it is held back makes room for the next one", async () => {
  const answering: Http2Answering = ({ stream }) => {
    stream.respond({ ":status": 200 });
    stream.end(Buffer.alloc(MiB));
  };
  await using target = await Http2Target.start(answering, { settings: { maxConcurrentStreams: 1 } });
  using pool = openHttp2Pool(target.url);
  const slow = new SlowReader();
  slow.send(pool);
  await eventually(() => assert.ok(slow.size > 0));
  slow.abort();
  const { stream } = await target.request(1);
  await eventually(() => assert.ok(stream.closed));
  for (let call = 0; call < 2; call++) {
    const answer = await AnswerRecorder.send(pool).over;
    assert.deepEqual([answer.size, target.sessions.length], [MiB, 1]);
  }
});

test("http2 exchange - a target that does not read holds the sender back, and no other", async () => {
  await using scene = await startScene((request) => {
    if (request.path === "/small") request.stream.respond({ ":status": 204 }, { endStream: true });
    // The other one is not read.
  });
  let taken = 0;
  const body = new Readable({
    read() {
      taken += 65536;
      this.push(Buffer.alloc(65536));
    },
  });
  const stuck = scene.send({ method: "POST", path: "/stuck", body });
  await scene.target.request(1);
  for (let call = 0; call < 20; call++) {
    assert.equal((await scene.send({ path: "/small" }).over).status, 204);
  }
  assert.ok(taken < 4 * MiB, `${taken} bytes have left their source`);
  stuck.abort();
  assert.ok(body.destroyed);
});

test("http2 exchange - who answers before the body has come gets no more of it, and its answer is whole", async () => {
  await using scene = await startScene(({ stream }) => {
    stream.respond({ ":status": 413 });
    stream.end("too large");
  });
  const body = new PassThrough();
  body.write("begun");
  const answer = await scene.send({ method: "POST", body }).over;
  assert.deepEqual([answer.status, answer.body, answer.events.at(-1)], [413, "too large", "ended"]);
  await eventually(() => assert.ok(body.destroyed));
  await eventually(() => assert.ok(scene.target.last.stream.closed));
  assert.equal((await scene.send().over).status, 413);
  assert.equal(scene.target.sessions.length, 1);
});

test("http2 exchange - an aborted one is reset with CANCEL, and its connection serves the next one", async () => {
  await using scene = await startScene(({ stream, path }) => {
    if (path === "/ok") return stream.respond({ ":status": 200 }, { endStream: true });
    stream.respond({ ":status": 200 });
    stream.write("begun");
  });
  const answer = scene.send();
  await answer.begun;
  answer.abort();
  const { stream } = await scene.target.request(1);
  await eventually(() => assert.equal(stream.rstCode, 8));
  assert.equal((await scene.send({ path: "/ok" }).over).status, 200);
  assert.deepEqual(
    answer.events.filter((event) => event === "failed" || event === "ended"),
    [],
  );
  assert.equal(scene.target.sessions.length, 1);
});

test("http2 exchange - a body that is longer or shorter than it says, or breaks off, ends its stream alone", async () => {
  await using scene = await startScene();
  const headers = ["Host", "h", "Content-Length", "4"];
  for (const chunks of [["abc"], ["abc", "de"]]) {
    const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    const { error } = await scene.send({ method: "POST", headers, body }).over;
    assert.equal(error?.code, "REQUEST_LENGTH_MISMATCH");
  }
  const broken = new PassThrough();
  const answer = scene.send({ method: "POST", body: broken });
  await answer.begun;
  broken.destroy();
  assert.equal((await answer.over).error?.code, "REQUEST_LENGTH_MISMATCH");
  assert.equal((await scene.send({ method: "POST", body: Buffer.from("x") }).over).body, "x");
  assert.equal(scene.target.sessions.length, 1);
});

test("http2 exchange - a receiver that throws is told its own exception, and the others go on", async () => {
  await using scene = await startScene();
  class Throwing extends AnswerRecorder {
    override started(): void {
      throw new Error("its own");
    }
  }
  const { error } = await new Throwing().send(scene.pool).over;
  assert.equal(error?.message, "its own");
  assert.equal((await scene.send().over).status, 200);
});
