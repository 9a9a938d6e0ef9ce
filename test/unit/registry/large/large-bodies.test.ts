import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { LargeBodies } from "../../../../src/registry/large/large-bodies.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

/** A server that holds the requests that it lets in until it is told to let one go. */
async function openServer() {
  const clock = new FakeClock();
  const bodies = new LargeBodies({ patience: 30_000, clock });
  const held: (() => void)[] = [];
  const endpoint = bodies.bounded(async () => {
    await new Promise<void>((resolve) => held.push(resolve));
    return { status: 200, headers: {}, body: "" };
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const call = {
      request,
      parameters: {},
      query: new URLSearchParams(),
      peer: undefined,
      client: undefined,
    };
    const { status } = await endpoint(call);
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const sent: ClientRequest[] = [];
  return {
    clock,
    held,
    /** Resolves with the status; with undefined where the connection breaks. */
    send(headers: Record<string, string>): Promise<number | undefined> {
      const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers, agent: false });
      sent.push(request);
      request.flushHeaders();
      return new Promise((resolve) => {
        request.once("response", ({ statusCode }) => resolve(statusCode));
        request.once("error", () => resolve(undefined));
      });
    },
    leave: (index: number) => sent[index]?.destroy(),
    [Symbol.asyncDispose]: async () => {
      for (const request of sent) request.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const LARGE = { "Content-Length": "1000000" };

test("large bodies - eight are let in at a time, and the next ones in their order", async () => {
  await using server = await openServer();
  const { held, clock } = server;
  const first = Array.from({ length: 7 }, () => server.send(LARGE));
  first.push(server.send({ "Transfer-Encoding": "chunked" }));
  await eventually(() => assert.equal(held.length, 8));
  const ninth = server.send(LARGE);
  await eventually(() => assert.equal(clock.timers, 1));
  const small = server.send({ "Content-Length": "1000" });
  await eventually(() => assert.equal(held.length, 9));
  held[8]?.();
  assert.equal(await small, 200);
  held[0]?.();
  assert.equal(await Promise.race(first), 200);
  await eventually(() => assert.equal(held.length, 10));
  held[9]?.();
  assert.equal(await ninth, 200);
});

test("large bodies - one that waits for too long is refused, and one that leaves is forgotten", async () => {
  await using server = await openServer();
  const { held, clock } = server;
  const first = Array.from({ length: 8 }, () => server.send(LARGE));
  await eventually(() => assert.equal(held.length, 8));
  const leaving = server.send(LARGE);
  await eventually(() => assert.equal(clock.timers, 1));
  server.leave(8);
  assert.equal(await leaving, undefined);
  await eventually(() => assert.equal(clock.timers, 0));
  const late = server.send(LARGE);
  await eventually(() => assert.equal(clock.timers, 1));
  await clock.advance(30_000);
  assert.equal(await late, 503);
  for (const go of held) go();
  assert.deepEqual(new Set(await Promise.all(first)), new Set([200]));
  const next = server.send(LARGE);
  await eventually(() => assert.equal(held.length, 9));
  held[8]?.();
  assert.equal(await next, 200);
});
