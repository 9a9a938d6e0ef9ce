import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway, type Gateway } from "../doubles/gateway.ts";
import { answersBytes, answersOk, startTarget, type Answering, type Target } from "../doubles/target.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const POISON = `${OK}Content-Length: 6\r\n\r\npoison`;

interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly target: Target;
}

async function startScene(answering: Answering): Promise<Scene> {
  const target = await startTarget(answering);
  const gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 500, streamIdleTimeout: 500 },
  });
  return {
    gateway,
    target,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

/** Whatever happened before, the next call to a target that has come to its senses succeeds, cleanly. */
async function recovers({ gateway, target }: Scene): Promise<void> {
  target.answering = answersOk;
  const answer = await gateway.call("GET", "/shop/orders-api/after");
  equal(answer.status, 200);
  equal(answer.text, '{"ok":true}');
  equal(target.last.path, "/after");
}

/** Nothing that could be passed on has come: the caller gets the gateway's own 502. */
const NO_ANSWER: Readonly<Record<string, Answering>> = {
  "closes without an answer": answersBytes("", "ends"),
  "resets without an answer": answersBytes("", "resets"),
  "closes at once": (call) => call.end(),
  "resets at once": (call) => call.reset(),
  "resets inside the status line": answersBytes("HTTP/1.1 2", "resets"),
  "closes inside the headers": answersBytes(`${OK}X-A: b\r\nX-B`, "ends"),
  "resets inside the headers": answersBytes(`${OK}X-A: b\r\nX-B`, "resets"),
  "answers with bytes that are not HTTP": answersBytes("\u0016\u0003\u0001 garbage\r\n\r\n"),
  "answers with the status line of a radio": answersBytes("ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  "answers with a status that is no number": answersBytes("HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok"),
  "answers with a status of two digits": answersBytes("HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok"),
  "answers with a status of four digits": answersBytes("HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
  "answers with a status of 000": answersBytes("HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok"),
  "answers with another version": answersBytes("HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  "answers without a status line": answersBytes("Content-Length: 2\r\n\r\nok"),
  "answers with a request": answersBytes("GET / HTTP/1.1\r\nHost: g\r\n\r\n"),
  "answers with a NUL in a header": answersBytes(`${OK}X-A: b\u0000c\r\nContent-Length: 2\r\n\r\nok`),
  "answers with a header without a colon": answersBytes(`${OK}X-A\r\nContent-Length: 2\r\n\r\nok`),
  "answers with a blank in a header's name": answersBytes(`${OK}X A: b\r\nContent-Length: 2\r\n\r\nok`),
  "answers with a length that is no number": answersBytes(`${OK}Content-Length: two\r\n\r\nok`),
  "answers with a negative length": answersBytes(`${OK}Content-Length: -2\r\n\r\nok`),
  "answers with two lengths": answersBytes(`${OK}Content-Length: 2\r\nContent-Length: 45\r\n\r\nok`),
  "answers with headers of 128 KiB": answersBytes(
    `${OK}X-A: ${"x".repeat(128 * 1024)}\r\nContent-Length: 2\r\n\r\nok`,
  ),
  "answers with headers without end": async (call) => {
    await call.write(OK);
    while (call.isOpen) await call.write(`X-A: ${"x".repeat(8000)}\r\n`);
  },
  "answers with a status line without end": async (call) => {
    await call.write("HTTP/1.1 200 ");
    while (call.isOpen) await call.write("x".repeat(8000));
  },
  "switches protocols unasked": answersBytes(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ),
  "sends informational answers and closes": answersBytes("HTTP/1.1 103 Early Hints\r\n\r\n", "ends"),
};

for (const [name, answering] of Object.entries(NO_ANSWER)) {
  test(`gateway target - one that ${name} is 502, and the next call succeeds`, async () => {
    await using scene = await startScene(answering);
    const answer = await scene.gateway.call("POST", "/shop/orders-api/x", { body: "b" });
    equal(answer.status, 502);
    equal(answer.header("X-Gateway-Error"), "target");
    equal(answer.header("Target-System-Status"), undefined);
    match((answer.json() as { error: string }).error, /^the call to the target failed: /);
    equal(scene.target.calls.length, 1, "a POST that may have been read is not sent twice");
    await scene.target.last.closed;
    await recovers(scene);
  });
}

/** Nothing comes (any more): 504, or a broken answer where one has begun. */
const STALLS: Readonly<Record<string, string>> = {
  "before its status line": "",
  "inside its status line": "HTTP/1.1 20",
  "inside its headers": `${OK}X-A: b\r\nX-`,
  "behind its headers' last line": `${OK}X-A: b\r\n`,
  "behind an informational answer": "HTTP/1.1 102 Processing\r\n\r\n",
};

for (const [name, bytes] of Object.entries(STALLS)) {
  test(`gateway target - one that stalls ${name} is 504 and its connection is freed`, async () => {
    await using scene = await startScene(answersBytes(bytes));
    const answer = await scene.gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 504);
    equal(answer.header("X-Gateway-Error"), "target");
    await scene.target.last.closed;
    await recovers(scene);
  });
}

/** The caller must see that the answer is not whole: 502 while that is possible, else a cut connection. */
const BROKEN_ANSWERS: Readonly<Record<string, Answering>> = {
  "closes inside a body with a length": answersBytes(`${OK}Content-Length: 100\r\n\r\npart`, "ends"),
  "resets inside a body with a length": answersBytes(`${OK}Content-Length: 100\r\n\r\npart`, "resets"),
  "closes inside a chunk": answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n64\r\npart`, "ends"),
  "closes between two chunks": answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`, "ends"),
  "resets between two chunks": answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`, "resets"),
  "closes before the last line of its chunks": answersBytes(
    `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n0\r\n`,
    "ends",
  ),
  "resets a body that lasts until the connection closes": answersBytes(`${OK}\r\npart`, "resets"),
  "stalls inside a body with a length": answersBytes(`${OK}Content-Length: 100\r\n\r\npart`),
  "stalls between two chunks": answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`),
  "stalls before its body": answersBytes(`${OK}Content-Length: 100\r\n\r\n`),
  "sends a chunk size that is no number": answersBytes(
    `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\npart\r\n0\r\n\r\n`,
  ),
  "sends a chunk that is longer than it says": answersBytes(
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\npart\r\n0\r\n\r\n`,
  ),
  "sends a chunk size that overflows": answersBytes(
    `${OK}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff4\r\npart\r\n0\r\n\r\n`,
  ),
  "sends a negative chunk size": answersBytes(
    `${OK}Transfer-Encoding: chunked\r\n\r\n-4\r\npart\r\n0\r\n\r\n`,
  ),
  "sends garbage after some good chunks": answersBytes(
    `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n\u0000\u0001\u0002\r\n`,
  ),
};

for (const [name, answering] of Object.entries(BROKEN_ANSWERS)) {
  test(`gateway target - an answer of one that ${name} never looks whole to the caller`, async () => {
    await using scene = await startScene(answering);
    await using client = await scene.gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    const answer = await client.head();
    if (answer.status === 502) equal(answer.header("X-Gateway-Error"), "target");
    else await rejects(answer.body, /closed inside/);
    await scene.target.last.closed;
    await recovers(scene);
  });
}

/** More than one answer's bytes: whatever is too much must reach nobody. */
const SURPLUS: Readonly<Record<string, { readonly bytes: string; readonly method?: string }>> = {
  "a second answer behind the first": { bytes: `${OK}Content-Length: 2\r\n\r\nok${POISON}` },
  "a second answer behind chunks": {
    bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
  },
  "a longer body than it says": { bytes: `${OK}Content-Length: 2\r\n\r\nok and more` },
  "a body behind 204": {
    bytes: `HTTP/1.1 204 No Content\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
  },
  "a body behind 304": { bytes: `HTTP/1.1 304 Not Modified\r\n\r\n${POISON}` },
  "a body behind an answer to HEAD": {
    method: "HEAD",
    bytes: `${OK}Content-Length: ${POISON.length}\r\n\r\n${POISON}`,
  },
  "an answer behind an answer without body": { bytes: `${OK}Content-Length: 0\r\n\r\n${POISON}` },
  "a length beside chunks": {
    bytes: `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
  },
  "chunks beside a length": {
    bytes: `${OK}Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
  },
  "chunks inside another coding": {
    bytes: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
  },
  "a folded header": { bytes: `${OK}X-A: b\r\n Content-Length: 5\r\nContent-Length: 2\r\n\r\nok${POISON}` },
  "line feeds alone": { bytes: `HTTP/1.1 200 OK\nContent-Length: 2\n\nok${POISON}` },
  "a carriage return in a header": { bytes: `${OK}X-A: b\rX-Evil: 1\r\nContent-Length: 2\r\n\r\nok` },
};

for (const [name, { bytes, method = "GET" }] of Object.entries(SURPLUS)) {
  test(`gateway target - of one that sends ${name} no byte too many reaches a caller`, async () => {
    await using scene = await startScene(answersBytes(bytes));
    await using client = await scene.gateway.connect();
    await client.request(method, "/shop/orders-api/x");
    const answer = await client.head();
    await answer.body.catch(() => {});
    ok([200, 204, 304, 502].includes(answer.status), String(answer.status));
    if (answer.header("X-Gateway-Error") === undefined) ok(["", "ok"].includes(answer.text), answer.text);
    equal(
      answer.headerAll("Content-Length").length + answer.headerAll("Transfer-Encoding").length <= 1,
      true,
    );
    equal(answer.header("X-Evil"), undefined);
    equal(/\r\n[ \t]|[^\r]\n|\r[^\n]/.test(answer.head.raw), false, "no bare or folded line is passed on");
    equal(client.transcript.includes("poison"), false);
    await recovers(scene);
    equal(client.transcript.includes("poison"), false);
  });
}

test("gateway target - an unsolicited 100 Continue does not disturb the call, or is 502", async () => {
  await using scene = await startScene(
    answersBytes(`HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`),
  );
  for (const body of [undefined, "body"]) {
    const answer = await scene.gateway.call(body === undefined ? "GET" : "POST", "/shop/orders-api/x", {
      body,
    });
    if (answer.status === 502) equal(answer.header("X-Gateway-Error"), "target");
    else deepEqual([answer.status, answer.text], [200, "ok"]);
  }
  await recovers(scene);
});

const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";

test("gateway target - a few dozen informational answers do not drown the final one", async () => {
  await using scene = await startScene(answersBytes(`${HINTS.repeat(40)}${OK}Content-Length: 2\r\n\r\nok`));
  const answer = await scene.gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 200);
  equal(answer.text, "ok");
});

test("gateway target - a storm of informational answers is ended, not passed on", async () => {
  await using scene = await startScene(async (call) => {
    while (call.isOpen) await call.write(HINTS.repeat(100));
  });
  const answer = await scene.gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  equal(answer.header("X-Gateway-Error"), "target");
  ok(answer.informational.length <= 100, `${answer.informational.length} were passed on`);
  await scene.target.last.closed;
  await recovers(scene);
});

test("gateway target - headers of 48 KiB pass", async () => {
  const value = "x".repeat(48 * 1024);
  await using scene = await startScene(answersBytes(`${OK}X-A: ${value}\r\nContent-Length: 2\r\n\r\nok`));
  equal((await scene.gateway.call("GET", "/shop/orders-api/x")).header("X-A"), value);
});

test("gateway target - a body without headers that say so ends with the connection", async () => {
  await using scene = await startScene(answersBytes("HTTP/1.0 200 OK\r\n\r\nall", "ends"));
  equal((await scene.gateway.call("GET", "/shop/orders-api/x")).text, "all");
  await recovers(scene);
});

test("gateway target - Connection: close is honoured and the next call gets a new connection", async () => {
  await using scene = await startScene(
    answersBytes(`${OK}Connection: close\r\nContent-Length: 2\r\n\r\nok`, "ends"),
  );
  for (let call = 1; call <= 3; call++) {
    equal((await scene.gateway.call("POST", "/shop/orders-api/x", { body: "b" })).status, 200);
    equal(scene.target.last.connection, call);
  }
});

test("gateway target - a kept connection that the target has closed meanwhile costs no call", async () => {
  await using scene = await startScene(answersOk);
  for (let round = 0; round < 50; round++) {
    const answer = await scene.gateway.call(round % 2 === 0 ? "GET" : "POST", "/shop/orders-api/x");
    equal(answer.status, 200);
    scene.target.closeConnections();
    await eventually(() => equal(scene.target.connections, 0));
  }
});

test("gateway target - a GET that meets a kept connection at the moment it closes is made again", async () => {
  await using scene = await startScene(async (call) => {
    // Every connection serves one call; the next one that comes over it meets a closed door.
    if (scene.target.calls.filter(({ connection }) => connection === call.connection).length > 1)
      call.reset();
    else await answersOk(call);
  });
  for (let call = 0; call < 10; call++) {
    equal((await scene.gateway.call("GET", "/shop/orders-api/x")).status, 200);
  }
});

test("gateway target - a POST that meets a kept connection at the moment it closes is not made twice", async () => {
  await using scene = await startScene(async (call) => {
    if (call.path === "/doomed") call.reset();
    else await answersOk(call);
  });
  equal((await scene.gateway.call("GET", "/shop/orders-api/x")).status, 200);
  const answer = await scene.gateway.call("POST", "/shop/orders-api/doomed", { body: "b" });
  equal(answer.status, 502);
  equal(scene.target.calls.filter(({ path }) => path === "/doomed").length, 1);
  await recovers(scene);
});

test("gateway target - a GET that every connection refuses is 502 in the end, after two attempts", async () => {
  await using scene = await startScene((call) => call.reset());
  const answer = await scene.gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 502);
  ok(scene.target.calls.length <= 2);
});

for (const size of [100_000, 8 * 1024 * 1024]) {
  test(`gateway target - one that refuses an upload of ${size} bytes before it has read it is heard`, async () => {
    await using scene = await startScene(async (call) => {
      await call.write(
        "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large",
      );
    });
    await using client = await scene.gateway.connect();
    await client.request("PUT", "/shop/orders-api/x", { headers: [`Content-Length: ${size}`] });
    const upload = client.send(Buffer.alloc(size, "x"));
    const answer = await client.response();
    equal(answer.status, 413);
    equal(answer.text, "too large");
    await client[Symbol.asyncDispose]();
    await upload;
    await scene.target.last.closed;
  });
}

test("gateway target - an answer that comes in single bytes arrives whole", async () => {
  const bytes = `${OK}X-A: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n`;
  await using scene = await startScene(async (call) => {
    for (const byte of bytes) await call.write(byte);
  });
  const answer = await scene.gateway.call("GET", "/shop/orders-api/x");
  equal(answer.text, "hello");
  deepEqual(answer.trailers, ["X-T", "1"]);
});

test("gateway target - 100 broken answers in a row leave no connection behind", async () => {
  await using scene = await startScene(answersBytes(`${OK}Content-Length: 100\r\n\r\npart`, "resets"));
  const calls = Array.from({ length: 100 }, async () => {
    await using client = await scene.gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    await client.response().catch(() => {});
  });
  await Promise.all(calls);
  await scene.gateway.inFlight(0);
  await eventually(() => equal(scene.target.connections, 0));
  await recovers(scene);
});

test("gateway target - one behind TLS that cuts the connection inside its answer never looks whole", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using target = await startTarget(answersBytes(`${OK}Content-Length: 100\r\n\r\npart`, "resets"), {
    tls: { cert: crt, key },
  });
  await using gateway = await startGateway({ authority, applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const answer = await client.head();
  if (answer.status !== 502) await rejects(answer.body);
});
