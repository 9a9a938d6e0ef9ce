import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { sendWhole, type WholeAnswer } from "../../../src/http/send-whole.ts";
import { eventually } from "../../doubles/eventually.ts";
import { beginSending } from "../../doubles/unsent-body.ts";

async function serve(answer: Pick<WholeAnswer, "body">) {
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    sendWhole(request, response, { status: 200, headers: {}, ...answer });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    responses,
    async begin(): Promise<IncomingMessage> {
      const request = get({ port, host: "127.0.0.1", agent: false });
      request.on("error", () => {});
      const [response] = (await once(request, "response")) as [IncomingMessage];
      return response;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const LARGE = 20 * 1024 * 1024;

test("whole answer - pieces, text and bytes come whole, with their length", async () => {
  const large = Buffer.alloc(LARGE, "abcdefg");
  for (const [body, expected] of [
    ["ü", Buffer.from("ü")],
    [[Buffer.from("a"), Buffer.from("b")], Buffer.from("ab")],
    [["", "ü", new Uint8Array([0x62]), "c"], Buffer.from("übc")],
    [[], Buffer.from("")],
    [large, large],
    [
      ["ü", large, new Uint8Array(0), Buffer.from("b")],
      Buffer.concat([Buffer.from("ü"), large, Buffer.from("b")]),
    ],
    ["ü".repeat(LARGE / 8), Buffer.from("ü".repeat(LARGE / 8))],
  ] as const) {
    await using server = await serve({ body });
    const answer = await server.begin();
    assert.equal(answer.headers["content-length"], String(expected.length));
    assert.equal(Buffer.compare(await buffer(answer), expected), 0);
  }
});

test("whole answer - of a large one only a piece waits for a client that does not read", async () => {
  await using server = await serve({ body: Buffer.alloc(LARGE, "a") });
  const answer = await server.begin();
  const [response] = server.responses;
  await eventually(() => assert.ok(response?.writableNeedDrain));
  assert.ok((response?.writableLength ?? LARGE) <= 1024 * 1024);
  assert.equal((await buffer(answer)).length, LARGE);
});

test("whole answer - a client that leaves ends it", async () => {
  await using server = await serve({ body: Buffer.alloc(LARGE, "a") });
  const answer = await server.begin();
  const [response] = server.responses;
  await eventually(() => assert.ok(response?.writableNeedDrain));
  answer.on("error", () => {}).destroy();
  await eventually(() => assert.ok(response?.closed && response.writableEnded));
});

test("whole answer - a client that is still sending gets it at once, and is let finish", async (context) => {
  const sent = await beginSending(context, (request, response) => {
    sendWhole(request, response, { status: 413, headers: {}, body: "too large" });
  });
  assert.match(sent.head, /^HTTP\/1.1 413 /);
  const finished = once(sent.response, "finish");
  await sent.send("a".repeat(100));
  await finished;
  sent.socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(String(await once(sent.socket, "data")), /^HTTP\/1.1 413 /);
});
