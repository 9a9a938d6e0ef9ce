import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { eventually } from "../../../doubles/eventually.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";
import { startIdentityProvider } from "../../../doubles/identity-provider.ts";
import { startTarget, type Answering } from "../../../doubles/target.ts";
import { openSpecifications } from "./opened-specifications.ts";

const DOCUMENT = JSON.stringify({ openapi: "3.1.0", paths: {}, info: { title: "t".repeat(1000) } });
const LIMIT = 32 * 1024 * 1024;

function coded(coding: string, body: Buffer): Answering {
  return async (call) => {
    await call.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await call.write(body);
  };
}

for (const [coding, body] of [
  ["gzip", gzipSync(DOCUMENT)],
  ["X-GZip", gzipSync(DOCUMENT)],
  ["br", brotliCompressSync(DOCUMENT)],
  ["deflate", deflateSync(DOCUMENT)],
  ["deflate", deflateRawSync(DOCUMENT)],
  ["identity", Buffer.from(DOCUMENT)],
] as const) {
  test(`specification - a body in ${coding} (${body.length} bytes) is unpacked`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget(coded(coding, body));
    assert.equal(await opened.obtain({ specificationUrl: server.url }), DOCUMENT);
    assert.equal(server.last.header("accept-encoding"), "gzip, deflate, br");
  });
}

for (const [coding, body] of [
  ["gzip", gzipSync(DOCUMENT).subarray(0, 40)],
  ["gzip", Buffer.from(DOCUMENT)],
  ["br", gzipSync(DOCUMENT)],
  ["deflate", Buffer.from("not packed at all")],
] as const) {
  test(`specification - a broken body in ${coding} (${body.length} bytes) is a failure`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget(coded(coding, body));
    const text = await opened.obtain({ specificationUrl: server.url });
    assert.equal(
      text,
      `Fetching API spec from ${server.url} failed, the content coding of the answer is broken`,
    );
  });
}

for (const coding of ["compress", "gzip, gzip", "constructor"]) {
  test(`specification - the content coding "${coding}" is not undone`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget(coded(coding, gzipSync(DOCUMENT)));
    const text = await opened.obtain({ specificationUrl: server.url });
    assert.match(text ?? "", /failed, the answer has a content coding that was not asked for$/);
  });
}

const HUGE = Buffer.alloc(100 * 1024 * 1024);
for (const [coding, bomb] of [
  ["gzip", gzipSync(HUGE)],
  ["br", brotliCompressSync(HUGE, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
] as const) {
  test(`specification - a bomb in ${coding} of ${bomb.length} bytes ends early`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget(coded(coding, bomb));
    const text = await opened.obtain({ specificationUrl: server.url });
    assert.equal(
      text,
      `Fetching API spec from ${server.url} failed, the answer is larger than ${LIMIT} bytes`,
    );
  });
}

test("specification - a hundred megabytes are cut off at the limit", async () => {
  await using opened = await openSpecifications();
  let sent = 0;
  await using server = await startTarget(async (call) => {
    await call.write(`HTTP/1.1 200 OK\r\nContent-Length: ${HUGE.length}\r\n\r\n`);
    const piece = HUGE.subarray(0, 1024 * 1024);
    // eslint-disable-next-line no-await-in-loop -- as a server that heeds back pressure
    for (; sent < HUGE.length && call.isOpen; sent += piece.length) await call.write(piece);
  });
  const text = await opened.obtain({ specificationUrl: server.url });
  assert.equal(text, `Fetching API spec from ${server.url} failed, the answer is larger than ${LIMIT} bytes`);
  await eventually(() => assert.equal(server.connections, 0));
  assert.ok(sent < HUGE.length);
});

test("specification - just as large as allowed is not too large", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget(coded("gzip", gzipSync(Buffer.alloc(LIMIT, "x"))));
  assert.equal((await opened.obtain({ specificationUrl: server.url }))?.length, LIMIT);
});

for (const behaviour of ["hang", "trickle"] as const) {
  test(`specification - a server that behaves like "${behaviour}" is given up after 20 s in all`, async () => {
    const clock = new FakeClock();
    await using opened = await openSpecifications({ clock });
    await using server = await startIdentityProvider({ behaviour });
    const outcome = opened.obtain({ specificationUrl: server.origin });
    await eventually(() => assert.equal(server.requests.length, 1));
    await clock.advance(19_999);
    assert.equal(server.connections, 1);
    await clock.advance(1);
    assert.equal(await outcome, `Fetching API spec from ${server.origin} failed, no answer within 20s`);
    await eventually(() => assert.equal(server.connections, 0));
  });
}

test("specification - a body that never ends is given up after 20 s in all", async () => {
  const clock = new FakeClock();
  await using opened = await openSpecifications({ clock });
  await using server = await startTarget((call) =>
    call.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
  );
  const outcome = opened.obtain({ specificationUrl: server.url });
  await server.call(1);
  await clock.advance(20_000);
  assert.equal(await outcome, `Fetching API spec from ${server.url} failed, no answer within 20s`);
  await eventually(() => assert.equal(server.connections, 0));
});

test("specification - a refusal is told although its page never ends", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget((call) =>
    call.write("HTTP/1.1 404 Not Found\r\nContent-Length: 1000000\r\n\r\n<html>"),
  );
  const text = await opened.obtain({ specificationUrl: server.url });
  assert.equal(text, `Fetching API spec from ${server.url} failed with status 404 Not Found`);
  await eventually(() => assert.equal(server.connections, 0));
});

test("specification - whoever asked may go: the fetch ends", async () => {
  await using opened = await openSpecifications();
  await using server = await startIdentityProvider({ behaviour: "hang" });
  const controller = new AbortController();
  const outcome = opened.obtain({ specificationUrl: server.origin }, controller.signal);
  await eventually(() => assert.equal(server.requests.length, 1));
  controller.abort(new Error("the client has gone"));
  assert.equal(await outcome, `Fetching API spec from ${server.origin} failed, the client has gone`);
  await eventually(() => assert.equal(server.connections, 0));
});

for (const [behaviour, reason] of [
  ["garbage", "the answer is not HTTP"],
  ["reset", "connection reset"],
  ["reset-in-body", "connection reset"],
  ["redirect-loop", "stopped after 10 redirects"],
] as const) {
  test(`specification - a server that behaves like "${behaviour}" is a failure`, async () => {
    await using opened = await openSpecifications();
    await using server = await startIdentityProvider({ behaviour });
    const text = await opened.obtain({ specificationUrl: server.origin });
    assert.equal(text, `Fetching API spec from ${server.origin} failed, ${reason}`);
  });
}

test("specification - a closed port is a failure that names no address but the URL", async () => {
  await using opened = await openSpecifications();
  await using server = await startIdentityProvider();
  await server.stop();
  const text = await opened.obtain({ specificationUrl: server.origin });
  assert.equal(text, `Fetching API spec from ${server.origin} failed, connection refused`);
});

test("specification - redirects are followed; another origin gets neither Authorization nor custom headers", async () => {
  await using opened = await openSpecifications();
  await using other = await startTarget((call) => call.respond(200, {}, DOCUMENT));
  await using server = await startTarget((call) =>
    call.path.startsWith("/first?")
      ? call.respond(302, { Location: "/second" })
      : call.respond(307, { Location: `${other.url}/third` }),
  );
  const obtained = await opened.obtain({
    specificationUrl: `${server.url}/first`,
    specificationCredentials: { kind: "basic", username: "me", password: "hush" },
    specificationRequestParameters: {
      headers: { "X-Api-Key": ["hush"] },
      queryParameters: { key: ["hush"] },
    },
  });
  assert.equal(obtained, DOCUMENT);
  assert.deepEqual(
    server.calls.map((call) => [call.path, call.header("x-api-key")]),
    [
      ["/first?key=hush", "hush"],
      ["/second", "hush"],
    ],
  );
  assert.ok(server.last.header("authorization"));
  assert.equal(other.last.path, "/third");
  assert.doesNotMatch(other.last.head.raw, /hush|authorization/i);
});

const METADATA = [
  "169.254.169.254",
  "2852039166",
  "[fe80::1]",
  "[fd00:ec2::254]",
  "[::ffff:169.254.169.254]",
];
for (const host of METADATA) {
  test(`specification - ${host} is fetched neither directly nor by a redirect`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget((call) =>
      call.respond(302, { Location: `http://${host}/latest` }),
    );
    const refused = "the egress policy refuses the address";
    const direct = `http://${host}/latest`;
    assert.equal(
      await opened.obtain({ specificationUrl: direct }),
      `Fetching API spec from ${direct} failed, ${refused}`,
    );
    assert.equal(
      await opened.obtain({ specificationUrl: server.url }),
      `Fetching API spec from ${server.url} failed, redirected, but ${refused}`,
    );
  });
}

test("specification - networks that the operator denies are refused, also for $metadata and tokens", async () => {
  await using opened = await openSpecifications({ deniedNetworks: ["127.0.0.0/8"] });
  await using server = await startTarget();
  const refused = "the egress policy refuses the address";
  assert.equal(
    await opened.obtain({ apiType: "odata", targetUrl: server.url }),
    `Fetching API spec from ${server.url}/$metadata failed, ${refused}`,
  );
  const specificationCredentials = {
    kind: "oauth",
    url: `${server.url}/token`,
    clientId: "me",
    clientSecret: "hush",
    requestParameters: undefined,
  } as const;
  assert.equal(
    await opened.obtain({ specificationUrl: "http://files.example/spec", specificationCredentials }),
    `Adding authorization for fetching API spec from http://files.example/spec failed, failed to make a request to '${server.url}/token': ${refused}`,
  );
  assert.equal(server.accepted, 0);
});
