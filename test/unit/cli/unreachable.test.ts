import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ApiClient } from "../../../src/cli/server/api-client.ts";

test("unreachable - of a server that ends in the middle of an answer more is said than that it was aborted", async () => {
  const server = createServer((_, response) => {
    response.write("{}\n", () => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = { server: address, source: "here", namespace: "", tls: { verify: true }, product: {} };
  using client = new ApiClient(connection, { userAgent: "test", timeout: 60_000 });
  const read = async () => {
    for await (const line of client.stream({ path: "/" })) assert.deepEqual(line, {});
  };
  await assert.rejects(read(), {
    message: `${address} (from here) has closed the connection in the middle: look whether the server still runs`,
  });
  server.close();
});
