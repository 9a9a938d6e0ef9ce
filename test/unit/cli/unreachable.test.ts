import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ApiClient } from "../../../src/cli/server/api-client.ts";

/** A server whose answers a test gives, and a client of it with a limit of 30 seconds. */
async function serving(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = { server: address, source: "here", namespace: "", tls: { verify: true }, product: {} };
  const client = new ApiClient(connection, { userAgent: "test", timeout: 30_000 });
  const close = () => {
    client[Symbol.dispose]();
    server.closeAllConnections();
    server.close();
  };
  return { where: `${address} (from here)`, client, [Symbol.dispose]: close };
}

test("unreachable - of a server that ends in the middle of an answer more is said than that it was aborted", async () => {
  using served = await serving((response) => response.write("{}\n", () => response.destroy()));
  const read = async () => {
    for await (const line of served.client.stream({ path: "/" })) assert.deepEqual(line, {});
  };
  await assert.rejects(read(), {
    message: `${served.where} has closed the connection in the middle: look whether the server still runs`,
  });
});

test("unreachable - an answer that goes on has to begin in time, and may go on for ever", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [Promise.withResolvers<ServerResponse>(), Promise.withResolvers<ServerResponse>()] as const;
  let count = 0;
  using served = await serving((response) => asked[count++]?.resolve(response));
  const lines = () => served.client.stream({ path: "/" })[Symbol.asyncIterator]();
  const begun = lines();
  const first = begun.next();
  const response = await asked[0].promise;
  response.write('{"a":1}\n');
  assert.deepEqual((await first).value, { a: 1 });
  context.mock.timers.tick(60_000);
  response.write('{"a":2}\n');
  assert.deepEqual((await begun.next()).value, { a: 2 });
  const hanging = lines().next();
  await asked[1].promise;
  context.mock.timers.tick(30_000);
  await assert.rejects(hanging, { message: `the server at ${served.where} does not answer in time` });
});
