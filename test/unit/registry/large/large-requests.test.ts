import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { systemClock, type Clock } from "../../../../src/core/clock.ts";
import { call } from "../../../doubles/connector.ts";
import {
  plainService,
  post,
  put,
  registered,
  registryScene,
  servicesPath,
} from "../../../doubles/registry.ts";

const PADDING = "p".repeat(1024 * 1024);

function largeService(name: string): Record<string, unknown> {
  const api = { targetUrl: "https://target.example", spec: { openapi: "3.0.0", "x-padding": PADDING } };
  return plainService(name, { api });
}

/** Names of the threads that are started meanwhile. */
function watchThreads(): Disposable & { readonly started: string[] } {
  const started: string[] = [];
  const note = ({ threadName }: Worker) => started.push(threadName ?? "");
  process.on("worker", note);
  return { started, [Symbol.dispose]: () => void process.off("worker", note) };
}

test("large requests - what is large is worked on in threads, what is small in none", async (context) => {
  const { origin } = await registryScene(context);
  using watched = watchThreads();
  const forBodies = () => watched.started.filter((name) => name === "appconn-large-bodies").length;
  const small = await registered(origin, plainService("small"));
  assert.equal((await call(origin, `${servicesPath()}/${small}`)).status, 200);
  assert.equal(forBodies(), 0);
  const id = await registered(origin, largeService("large"));
  assert.equal(forBodies(), 1);
  const shown = await call(origin, `${servicesPath()}/${id}`);
  assert.deepEqual(JSON.parse(shown.text), { ...JSON.parse(shown.text), api: largeService("")["api"] });
});

test("large requests - the entity tag changes with a document, and only with something", async (context) => {
  const { origin } = await registryScene(context);
  const id = await registered(origin, largeService("large"));
  const tag = async () => (await call(origin, `${servicesPath()}/${id}`)).headers["etag"];
  const first = await tag();
  assert.equal((await put(origin, id, largeService("large"))).headers["etag"], first);
  assert.equal(await tag(), first);
  const changed = {
    ...largeService("large"),
    api: { targetUrl: "https://target.example", spec: { a: PADDING } },
  };
  const answer = await put(origin, id, changed);
  assert.notEqual(answer.headers["etag"], first);
  assert.equal(await tag(), answer.headers["etag"]);
});

/** The limit of a thread's task passes at once as long as `late` is set. */
class LateClock implements Clock {
  late = true;

  now(): number {
    return systemClock.now();
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after(milliseconds: number, action: () => void): Disposable {
    return systemClock.after(this.late && milliseconds === 10_000 ? 0 : milliseconds, action);
  }
}

test("large requests - one that breaks its thread is 500, and the next one is registered", async (context) => {
  const clock = new LateClock();
  const { origin } = await registryScene(context, { clock });
  const body = largeService("large");
  const api = { targetUrl: "https://target.example", spec: { "x-padding": PADDING.repeat(8) } };
  assert.equal((await post(origin, { ...body, api })).status, 500);
  clock.late = false;
  assert.equal((await post(origin, { ...body, api })).status, 200);
});

/** Says that a large body comes, and does not send it. */
async function beginLarge(origin: string): Promise<Socket> {
  const { port } = new URL(origin);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {}).setEncoding("latin1");
  socket.write(`POST ${servicesPath()} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{`);
  return socket;
}

test("large requests - one whose client leaves before its body has come makes room for the next", async (context) => {
  const { origin } = await registryScene(context);
  const held = await Promise.all(Array.from({ length: 8 }, () => beginLarge(origin)));
  const waiting = post(origin, largeService("large"));
  // What is small has its turn all the same.
  assert.equal((await post(origin, plainService("small"))).status, 200);
  held[0]?.destroy();
  assert.equal((await waiting).status, 200);
  for (const socket of held) socket.destroy();
});
