import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { readBody, type ReadBody } from "../../../src/http/read-body.ts";

const LIMIT = 4 * 1024 * 1024;

/** What is read of a request that is sent like that. */
async function read(headers: Record<string, string | number>, pieces: readonly Buffer[]): Promise<ReadBody> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers, agent: false });
  request.on("error", () => {});
  try {
    for (const piece of pieces) request.write(piece);
    request.flushHeaders();
    const [received] = (await once(server, "request")) as [IncomingMessage];
    const reading = readBody(received, { limit: LIMIT, patience: 60_000, clock: systemClock });
    if (headers["X-Cut"] === undefined) request.end();
    else received.once("data", () => request.destroy());
    return await reading;
  } finally {
    request.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

for (const size of [0, 10, 100_000, 3_000_000]) {
  test(`read body - ${size} bytes are read whole, with their length told in advance or not`, async () => {
    const body = Buffer.alloc(size, "abcdefg");
    const pieces = [body.subarray(0, size / 2), body.subarray(size / 2)].filter(({ length }) => length > 0);
    for (const headers of [{ "Content-Length": size }, { "Transfer-Encoding": "chunked" }]) {
      const result = await read(headers, pieces);
      assert.ok(result.kind === "body" && Buffer.compare(result.bytes, body) === 0);
    }
  });
}

test("read body - a body that grows beyond the limit, or is cut off, is none", async () => {
  const large = Buffer.alloc(LIMIT + 1);
  assert.deepEqual(await read({ "Transfer-Encoding": "chunked" }, [large]), { kind: "too-large" });
  assert.deepEqual(await read({ "Content-Length": large.length }, [large]), { kind: "too-large" });
  const half = [Buffer.alloc(100_000)];
  assert.deepEqual(await read({ "Content-Length": 200_000, "X-Cut": "yes" }, half), { kind: "unfinished" });
});
