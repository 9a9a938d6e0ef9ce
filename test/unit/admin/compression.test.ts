import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { negotiate } from "../../../src/admin/answer/accept.ts";
import { sendList } from "../../../src/admin/answer/send.ts";
import { configMapKind } from "../../../src/core/resources/config-map.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import { createFastify, queryOf, route } from "../../../src/http/fastify.ts";
import { TextPieces } from "../../../src/stores/sqlite/text-pieces.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

/** As a store gives it: each item is ten thousand characters and more. */
function listed(count: number) {
  const texts = new TextPieces();
  for (let index = 0; index < count; index++) {
    const metadata = {
      name: `c-${index}`,
      uid: "u",
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
    };
    const data = { text: `${index} `.repeat(5000) };
    texts.add(JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data }));
  }
  return { pieces: texts.finish(), resourceVersion: "7" };
}

/** A caller over a Unix socket has no address, so it is none of this machine's loopback. */
suite("compression", () => {
  const directory = new TemporaryDirectory();
  const socketPath = join(directory.path, "socket");
  const app = createFastify({ refuse: (_refusal, _request, reply) => void reply.code(500).send() });
  const far: Server = createServer((incoming, response) => app.routing(incoming, response));
  const near: Server = createServer((incoming, response) => app.routing(incoming, response));

  before(async () => {
    route(app, "/list", {
      GET: (asked, reply) => {
        const representation = negotiate(asked.headers.accept);
        const view = {
          kind: configMapKind as unknown as Kind,
          representation,
          include: "None",
          now: 0,
        } as const;
        return sendList(reply, view, listed(Number(queryOf(asked).get("count"))));
      },
    });
    await app.ready();
    await Promise.all([
      once(far.listen(socketPath), "listening"),
      once(near.listen(0, "127.0.0.1"), "listening"),
    ]);
  });
  after(async () => {
    far.close();
    near.close();
    await app.close();
    directory[Symbol.dispose]();
  });

  async function ask(count: number, headers: Record<string, string>, where: object = { socketPath }) {
    const sent = request({ ...where, path: `/list?count=${count}`, headers, agent: false }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { headers: response.headers, bytes: Buffer.concat(chunks) };
  }

  const gzip = { "accept-encoding": "gzip" };

  for (const form of [{}, { accept: "application/yaml" }]) {
    test(`compression - a long list goes compressed to who takes that (${JSON.stringify(form)})`, async () => {
      const whole = await ask(20, form);
      assert.equal(whole.headers["content-encoding"], undefined);
      const answer = await ask(20, { ...form, ...gzip });
      assert.equal(answer.headers["content-encoding"], "gzip");
      assert.equal(answer.headers["content-type"], whole.headers["content-type"]);
      assert.equal(answer.headers.vary, "Accept-Encoding");
      assert(answer.bytes.length * 10 < whole.bytes.length);
      assert(gunzipSync(answer.bytes).equals(whole.bytes));
    });
  }

  test("compression - a short list and a caller of this machine get plain bytes", async () => {
    const { port } = near.address() as AddressInfo;
    for (const [count, where] of [
      [1, { socketPath }],
      [20, { host: "127.0.0.1", port }],
    ] as const) {
      const answer = await ask(count, gzip, where);
      assert.equal(answer.headers["content-encoding"], undefined);
      assert.equal((JSON.parse(answer.bytes.toString()) as { items: unknown[] }).items.length, count);
    }
  });

  test("compression - HEAD of a long list has the head of GET, and no body", async () => {
    const { headers, bytes } = await ask(20, gzip, { socketPath, method: "HEAD" });
    assert.deepEqual([headers["content-encoding"], bytes.length], ["gzip", 0]);
  });

  test("compression - a caller that goes away in the middle of a list leaves nothing behind", async () => {
    const sent = request({ socketPath, path: "/list?count=300", headers: gzip, agent: false }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.destroy();
    await once(response, "close");
    const again = await ask(20, gzip);
    assert.equal(again.headers["content-encoding"], "gzip");
  });
});
