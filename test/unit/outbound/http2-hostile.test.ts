import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openHttp2Pool } from "../../doubles/http1-pool.ts";
import { SlowReader } from "../../doubles/slow-reader.ts";
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  literal,
  literals,
  startFramedTarget,
  words,
  type Frame,
} from "../../doubles/http2-frames.ts";

const WHOLE = END_STREAM | END_HEADERS;

const head = (stream: number, flags: number, ...fields: readonly string[]) =>
  frame(FRAME.headers, flags, stream, literals(...fields));
const ok = (stream: number, ...fields: readonly string[]) =>
  head(stream, END_HEADERS, ":status", "200", ...fields);
const data = (stream: number, flags: number, text = "abc") =>
  frame(FRAME.data, flags, stream, Buffer.from(text, "latin1"));
const reset = (stream: number, code: number) => frame(FRAME.rstStream, 0, stream, words(code));

/** Sends one request to a target that answers with these frames. */
async function answered(
  frames: (stream: number) => readonly Buffer[],
  method = "GET",
): Promise<AnswerRecorder> {
  await using target = await startFramedTarget((connection, stream) => connection.send(...frames(stream)));
  using pool = openHttp2Pool(target.url);
  return await AnswerRecorder.send(pool, { method }).over;
}

interface Fault {
  readonly frames: (stream: number) => readonly Buffer[];
  readonly code: string | RegExp;
  readonly method?: string;
}

const RESET = "STREAM_RESET";
const MALFORMED = "MALFORMED_ANSWER";

const FAULTS: Readonly<Record<string, Fault>> = {
  "a body that is cut off with NO_ERROR": {
    frames: (id) => [ok(id), data(id, 0), reset(id, 0)],
    code: RESET,
  },
  "a body that is cut off with CANCEL": { frames: (id) => [ok(id), data(id, 0), reset(id, 8)], code: RESET },
  "a body that is cut off with INTERNAL_ERROR": {
    frames: (id) => [ok(id), data(id, 0), reset(id, 2)],
    code: RESET,
  },
  "a stream that is ended with NO_ERROR without an answer": { frames: (id) => [reset(id, 0)], code: RESET },
  "a body that is shorter than it says": {
    frames: (id) => [ok(id, "content-length", "5"), data(id, END_STREAM)],
    code: RESET,
  },
  "a body that is longer than it says": {
    frames: (id) => [ok(id, "content-length", "2"), data(id, END_STREAM)],
    code: /^(STREAM_RESET|MALFORMED_ANSWER)$/,
  },
  "two lengths": {
    frames: (id) => [head(id, WHOLE, ":status", "200", "content-length", "0", "content-length", "0")],
    code: RESET,
  },
  "a body for HEAD": {
    frames: (id) => [ok(id, "content-length", "3"), data(id, END_STREAM)],
    method: "HEAD",
    code: MALFORMED,
  },
  "a body behind 204": {
    frames: (id) => [head(id, END_HEADERS, ":status", "204"), data(id, END_STREAM)],
    code: MALFORMED,
  },
  "a body before its head": { frames: (id) => [data(id, END_STREAM)], code: MALFORMED },
  "a body of a stream that was never begun": { frames: (id) => [data(id + 2, END_STREAM)], code: MALFORMED },
  "no status": { frames: (id) => [head(id, WHOLE, "x", "1")], code: RESET },
  "a status that is none": { frames: (id) => [head(id, WHOLE, ":status", "20x")], code: RESET },
  "a switch to another protocol": { frames: (id) => [head(id, WHOLE, ":status", "101")], code: RESET },
  "a Connection header": {
    frames: (id) => [head(id, WHOLE, ":status", "200", "connection", "close")],
    code: RESET,
  },
  "a Transfer-Encoding": {
    frames: (id) => [head(id, WHOLE, ":status", "200", "transfer-encoding", "chunked")],
    code: RESET,
  },
  "a name in upper case": { frames: (id) => [head(id, WHOLE, ":status", "200", "X-Own", "1")], code: RESET },
  "a pseudo-header field behind the others": {
    frames: (id) => [head(id, WHOLE, "x", "1", ":status", "200")],
    code: RESET,
  },
  "a pseudo-header field in the trailers": {
    frames: (id) => [ok(id), head(id, WHOLE, ":status", "200")],
    code: RESET,
  },
  "a length in the trailers": {
    frames: (id) => [ok(id), head(id, WHOLE, "content-length", "3")],
    code: RESET,
  },
  "trailers behind which the body goes on": {
    frames: (id) => [ok(id), head(id, END_HEADERS, "x", "1"), data(id, END_STREAM)],
    code: RESET,
  },
  "headers of more than 64 KiB": {
    frames: (id) => [
      frame(FRAME.headers, 0, id, literals(":status", "200")),
      ...[1, 2, 3, 4].map((part) =>
        frame(FRAME.continuation, 0, id, literals(`x${part}`, "v".repeat(16_000))),
      ),
      frame(FRAME.continuation, WHOLE, id, literals("x5", "v".repeat(16_000))),
    ],
    code: "HEAD_TOO_LARGE",
  },
  "a small block that unfolds to megabytes (RFC 7541 §7.3)": {
    frames: (id) => [
      frame(
        FRAME.headers,
        WHOLE,
        id,
        Buffer.concat([
          literals(":status", "200"),
          // Into the table, and 10 000 times out of it.
          Buffer.from([0x40]),
          literal("x"),
          literal("v".repeat(4000)),
          Buffer.alloc(10_000, 0xbe),
        ]),
      ),
    ],
    code: RESET,
  },
  "CONTINUATION without end": {
    frames: (id) => [
      frame(FRAME.headers, 0, id, literals(":status", "200")),
      ...Array.from({ length: 1000 }, (_, part) =>
        frame(FRAME.continuation, 0, id, literals(`x${part}`, "v")),
      ),
    ],
    code: MALFORMED,
  },
  "a header block that cannot be read": {
    frames: (id) => [frame(FRAME.headers, WHOLE, id, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]))],
    code: MALFORMED,
  },
  "informational answers without end": {
    frames: (id) => Array.from({ length: 100 }, () => head(id, END_HEADERS, ":status", "103")),
    code: MALFORMED,
  },
  "a window that overflows": {
    frames: (id) => [frame(FRAME.windowUpdate, 0, id, words(0x7fff_ffff))],
    code: MALFORMED,
  },
  "a frame that is larger than was said": {
    frames: (id) => [frame(FRAME.data, 0, id, Buffer.alloc(70_000))],
    code: MALFORMED,
  },
  "an answer in HTTP/1.1": {
    frames: () => [Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")],
    code: MALFORMED,
  },
};
for (const [what, { frames, code, method }] of Object.entries(FAULTS)) {
  test(`http2 hostile - ${what} is no answer`, async () => {
    const { error, events } = await answered(frames, method);
    assert.match(error?.code ?? "none", typeof code === "string" ? new RegExp(`^${code}$`) : code);
    assert.equal(events.filter((event) => event === "failed" || event === "ended").length, 1);
  });
}

test("http2 hostile - a header whose value could end it is left out, and white space around one taken off", async () => {
  const { headers, error } = await answered((id) => [
    head(id, WHOLE, ":status", "200", "x-evil", "a\r\nset-cookie: b", "x-nul", "a\0", "x-blank", " a\t"),
  ]);
  assert.equal(error, undefined);
  assert.deepEqual(headers, ["x-blank", "a"]);
});

test("http2 hostile - a complete answer that is reset behind its end is whole (RFC 9113 §8.1)", async () => {
  const { body, error } = await answered((id) => [ok(id), data(id, END_STREAM), reset(id, 0)], "POST");
  assert.equal(error, undefined);
  assert.equal(body, "abc");
});

for (const [what, flags, code] of [
  ["cut off", 0, RESET],
  ["complete", END_STREAM, undefined],
] as const) {
  test(`http2 hostile - a body that is ${what} while its reader holds it back is so when it is read`, async () => {
    await using target = await startFramedTarget((connection, stream) => {
      connection.send(ok(stream), data(stream, 0, "first"));
    });
    using pool = openHttp2Pool(target.url);
    const slow = new SlowReader();
    slow.send(pool);
    await eventually(() => assert.equal(slow.size, 5));
    const [connection] = target.connections;
    connection?.send(data(1, flags, "second"), reset(1, 0), frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    // Its acknowledgement says that what came before has been read.
    const isAcknowledged = (one: Frame) => one.kind === FRAME.ping && one.flags === 1;
    await eventually(() => assert.ok(connection?.frames.some(isAcknowledged)));
    slow.holds = false;
    slow.resume();
    assert.equal((await slow.over).error?.code, code);
    assert.deepEqual(slow.events.at(-1), code === undefined ? "ended" : "failed");
  });
}

test("http2 hostile - a push that was not asked for reaches nobody", async () => {
  const promise = (id: number) =>
    frame(
      FRAME.pushPromise,
      END_HEADERS,
      id,
      Buffer.concat([
        words(2),
        literals(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/"),
      ]),
    );
  const { body, error } = await answered((id) => [
    promise(id),
    head(2, WHOLE, ":status", "200", "x", "pushed"),
    ok(id),
    data(id, END_STREAM),
  ]);
  if (error) assert.equal(error.code, MALFORMED);
  else assert.equal(body, "abc");
});

test("http2 hostile - a target that speaks HTTP/1.1 where HTTP/2 is expected is told so, and gets no request", async () => {
  const greeting = Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  await using target = await startFramedTarget(() => {}, { greeting });
  using pool = openHttp2Pool(target.url);
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "NO_HTTP2");
  assert.ok(target.connections.every(({ frames }) => frames.every(({ kind }) => kind !== FRAME.headers)));
});

test("http2 hostile - a target that says nothing at all is given up after the time to connect", async () => {
  await using target = await startFramedTarget(() => {}, { greeting: Buffer.alloc(0) });
  using pool = openHttp2Pool(target.url, { connectTimeout: 100 });
  assert.equal((await AnswerRecorder.send(pool).over).error?.code, "CONNECT_TIMEOUT");
});
