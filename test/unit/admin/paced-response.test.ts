import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { PacedResponse } from "../../../src/admin/paced-response.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

/** An answer over a real socket whose reader reads only when it is told to. */
async function setUp(context: TestContext) {
  const clock = new FakeClock();
  const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => resolve(response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const call = request({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }).end();
  const raw = await asked;
  const stopping = new AbortController();
  const options = { clock, stopping: stopping.signal, headers: { "Content-Type": "application/json" } };
  const response = new PacedResponse(raw, options);
  const [reader] = await once(call, "response");
  reader.pause();
  return { clock, raw, options, response, reader, stopping };
}

const EVENT = Buffer.from(`${JSON.stringify({ type: "ADDED", object: { text: "x".repeat(100_000) } })}\n`);

/** False, after what a write into a free socket takes. */
async function someTurns(): Promise<boolean> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  return false;
}

/** Writes until the reader's sockets are full; gives the wait for it, wrapped so that it is not awaited. */
async function fill(response: PacedResponse): Promise<{ readonly waiting: Promise<void> }> {
  for (;;) {
    response.write(EVENT);
    const waiting = response.drained();
    const written = waiting.then(() => true);
    if (!(await Promise.race([written, someTurns()]))) return { waiting };
  }
}

test("paced response - a reader that takes nothing for half a minute while something waits is cut", async (t) => {
  const { clock, response, reader } = await setUp(t);
  const closed = once(reader, "close").catch(() => {});
  const { waiting } = await fill(response);
  await clock.advance(29_000);
  assert(!response.ended.aborted);
  await clock.advance(2_000);
  assert(response.ended.aborted);
  await waiting;
  reader.on("error", () => {}).resume();
  await closed;
  assert.equal(reader.complete, false, "a cut answer is not taken for a complete one");
});

test("paced response - a slow reader that goes on reading is not cut", async (t) => {
  const { clock, response, reader } = await setUp(t);
  const { waiting } = await fill(response);
  await clock.advance(29_000);
  reader.resume();
  await waiting;
  await clock.advance(60_000);
  assert(!response.ended.aborted);
  assert.equal(clock.timers, 0);
});

test("paced response - when the reader goes, what waits for it is let go and later ones do nothing", async (t) => {
  const { response, reader } = await setUp(t);
  const { waiting } = await fill(response);
  reader.destroy();
  await waiting;
  await eventually(() => assert(response.ended.aborted));
  response.write(EVENT);
  await response.drained();
});

test("paced response - ends as a complete one when the server stops, and what waits is let go", async (t) => {
  const { response, reader, stopping } = await setUp(t);
  const { waiting } = await fill(response);
  stopping.abort();
  await waiting;
  assert(response.ended.aborted);
  await once(reader.resume(), "end");
  assert.equal(reader.complete, true);
});

test("paced response - a reader that takes nothing for half a minute is cut also where the answer has ended", async (t) => {
  const { clock, response, reader } = await setUp(t);
  const closed = once(reader, "close").catch(() => {});
  await fill(response);
  await clock.advance(20_000);
  response.end();
  await clock.advance(9_000);
  assert.equal(reader.destroyed, false);
  await clock.advance(1_000);
  reader.resume();
  await closed;
  assert.equal(reader.complete, false);
});

test("paced response - a reader that takes the end leaves no timer behind", async (t) => {
  const { clock, response, reader } = await setUp(t);
  response.write(EVENT);
  response.end();
  await once(reader.resume(), "end");
  assert.equal(reader.complete, true);
  await eventually(() => assert.equal(clock.timers, 0));
});

test("paced response - has ended at once where the reader went before it began", async (t) => {
  const { raw, reader, options } = await setUp(t);
  reader.destroy();
  await eventually(() => assert(raw.closed));
  assert(new PacedResponse(raw, options).ended.aborted);
});
