import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { test } from "node:test";
import { createFastify, queryOf, route, type Refusal } from "../../../src/http/fastify.ts";
import { startListener } from "../../../src/http/listener.ts";

async function serve() {
  const refusals: Refusal[] = [];
  const app = createFastify({
    bodyLimit: 64,
    refuse(refusal, _request, reply) {
      refusals.push(refusal);
      const codes = { "not-found": 404, "method-not-allowed": 405, "too-large": 413 } as Record<
        string,
        number
      >;
      void reply.code(codes[refusal.kind] ?? 400).send({ kind: refusal.kind });
    },
  });
  route(app, "/things/:name", {
    GET: (request, reply) => reply.send({ name: (request.params as { name: string }).name }),
    POST: (request, reply) => reply.type("text/plain").send(request.body),
  });
  route(app, "/query", { GET: (request, reply) => reply.send([...queryOf(request)]) });
  route(app, "/throws", {
    GET: () => {
      throw new Error("secret inside");
    },
  });
  await app.ready();
  const listener = await startListener({
    host: "127.0.0.1",
    port: 0,
    setting: "test.port",
    handler: (request, response) => app.routing(request, response),
  });
  return {
    refusals,
    url: (path: string) => `${listener.origin}${path}`,
    async raw(text: string): Promise<string> {
      const socket = connect(listener.port, "127.0.0.1").on("error", () => {});
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk));
      socket.write(text);
      await once(socket, "close");
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await listener.close();
      await app.close();
    },
  };
}

test("fastify - a body arrives byte for byte, whatever its type or without one", async () => {
  await using served = await serve();
  const body = '{"__proto__":{"a":12345678901234567890},"a":1,"a":2}';
  for (const type of ["application/json", "application/x-unheard-of;version=2", "text/plain"]) {
    const answer = await fetch(served.url("/things/x"), {
      method: "POST",
      body,
      headers: { "content-type": type },
    });
    assert.equal(await answer.text(), body);
  }
  const head = `POST /things/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`;
  assert.match(await served.raw(head), /\r\n\r\n\{\}$/);
});

test("fastify - HEAD answers as GET does, without a body", async () => {
  await using served = await serve();
  const answer = await fetch(served.url("/things/x"), { method: "HEAD" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-length"), "12");
  assert.equal(await answer.text(), "");
});

test("fastify - a method that a path does not have is 405 with Allow, even an unusual one", async () => {
  await using served = await serve();
  for (const method of ["PUT", "OPTIONS", "PROPFIND", "TRACE"]) {
    const answer = await served.raw(`${method} /things/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 405 /, method);
    assert.match(answer, /\r\nallow: GET, HEAD, POST\r\n/i, method);
  }
});

test("fastify - names keep their length and escapes, and a broken escape is refused", async () => {
  await using served = await serve();
  const long = "x".repeat(300);
  assert.deepEqual(await (await fetch(served.url(`/things/${long}`))).json(), { name: long });
  assert.deepEqual(await (await fetch(served.url("/things/a%2Fb"))).json(), { name: "a/b" });
  assert.equal((await fetch(served.url("/things/%zz"))).status, 400);
  assert.deepEqual(served.refusals.at(-1), {
    kind: "unreadable",
    reason: "the path has a broken percent escape",
  });
});

test("fastify - a query keeps repetitions and is never a failure", async () => {
  await using served = await serve();
  assert.deepEqual(await (await fetch(served.url("/query?a=1&a=b%3Dc+d&x&%zz"))).json(), [
    ["a", "1"],
    ["a", "b=c d"],
    ["x", ""],
    ["%zz", ""],
  ]);
});

test("fastify - a body over the limit is refused, announced or chunked, and the connection closed", async () => {
  await using served = await serve();
  const big = "x".repeat(100);
  const head = "POST /things/x HTTP/1.1\r\nHost: x\r\n";
  const announced = await served.raw(`${head}Content-Length: 100000000\r\n\r\n${big}`);
  const chunked = await served.raw(`${head}Transfer-Encoding: chunked\r\n\r\n64\r\n${big}\r\n0\r\n\r\n`);
  for (const answer of [announced, chunked]) assert.match(answer, /^HTTP\/1\.1 413 [^]*too-large/);
  assert.deepEqual(served.refusals, [
    { kind: "too-large", limit: 64 },
    { kind: "too-large", limit: 64 },
  ]);
});

test("fastify - what a handler throws reaches the owner and not the caller", async () => {
  await using served = await serve();
  const answer = await fetch(served.url("/throws"));
  assert.equal(await answer.text(), '{"kind":"thrown"}');
  const [refusal] = served.refusals;
  assert(refusal?.kind === "thrown" && refusal.error instanceof Error);
  assert.equal(refusal.error.message, "secret inside");
});

for (const [what, headers] of [
  ["two Host lines", "Host: a\r\nHost: b\r\n"],
  ["a transfer coding before chunked", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"],
] as const) {
  test(`fastify - ${what} are refused and the connection closed`, async () => {
    await using served = await serve();
    const smuggled = "0\r\n\r\nGET /query HTTP/1.1\r\nHost: a\r\n\r\n";
    const answer = await served.raw(`POST /things/x HTTP/1.1\r\n${headers}\r\n${smuggled}`);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
  });
}

test("fastify - what compiles schemas is not loaded, since no route has one", async () => {
  const app = createFastify({ refuse: () => assert.fail("nothing is asked") });
  route(app, "/things", { GET: () => "" });
  await app.ready();
  await app.close();
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  assert.ok(loaded.some((file) => file.includes("/node_modules/fastify/")));
  const compilers = loaded.filter((file) => /\/(ajv|fast-json-stringify)\//.test(file));
  assert.deepEqual(compilers, []);
});
