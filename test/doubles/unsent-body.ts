import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { RequestHandler } from "../../src/http/request-handler.ts";

/** Bytes that the request below announces. */
const LENGTH = 100;

/**
 * A request with a body of 100 bytes, of which none has come, and the beginning of its answer. Time goes by `tick`
 * alone from now on.
 */
export async function beginSending(context: TestContext, answer: RequestHandler, method = "POST") {
  const { promise, resolve } = Promise.withResolvers<[IncomingMessage, ServerResponse]>();
  const server = createServer((request, response) => {
    resolve([request, response]);
    answer(request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  context.after(() => {
    socket.destroy();
    server.close();
  });
  context.mock.timers.enable({ apis: ["setTimeout"] });
  socket.on("error", () => {});
  socket.write(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: ${LENGTH}\r\n\r\n`);
  const head = String(await once(socket, "data"));
  const [request, response] = await promise;
  const send = async (bytes = "a") => {
    const arrived = once(request, "data");
    socket.write(bytes);
    await arrived;
  };
  assert.ok(!response.writableEnded, "the client is still sending");
  return { socket, head, response, send, tick: (time: number) => context.mock.timers.tick(time) };
}
