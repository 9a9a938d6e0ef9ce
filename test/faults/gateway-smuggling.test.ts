import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway, type Gateway } from "../doubles/gateway.ts";
import { startTarget, type Target } from "../doubles/target.ts";

/** A whole request that must never be taken for one. */
const SMUGGLED = "GET /shop/orders-api/smuggled HTTP/1.1\r\nHost: g\r\n\r\n";

interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly target: Target;
}

async function startScene(): Promise<Scene> {
  const target = await startTarget();
  const gateway = await startGateway({
    applications: [shop(target.url)],
    options: { requestTimeout: 500 },
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

/** The head of a POST with these lines, whatever they are. */
const post = (...lines: string[]) =>
  `POST /shop/orders-api/x HTTP/1.1\r\n${["Host: g", ...lines].join("\r\n")}\r\n\r\n`;

/** Sent as they are; each must be refused as a whole and end the connection. */
const REFUSED: Readonly<Record<string, string>> = {
  // Two ways to delimit one body (RFC 9112 §6.3).
  "Content-Length before Transfer-Encoding (CL.TE)":
    post("Content-Length: 6", "Transfer-Encoding: chunked") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding before Content-Length (TE.CL)":
    post("Transfer-Encoding: chunked", "Content-Length: 4") + `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  "two lengths that agree": post("Content-Length: 5", "Content-Length: 5") + "hello",
  "two lengths that differ": post("Content-Length: 5", "Content-Length: 0") + SMUGGLED,
  "a list of lengths": post("Content-Length: 5, 5") + "hello",
  "a length with a sign": post("Content-Length: +5") + "hello",
  "a negative length": post("Content-Length: -5") + "hello",
  "a hexadecimal length": post("Content-Length: 0x5") + "hello",
  "a length with a blank inside": post("Content-Length: 5 0") + "hello",
  "a length with a fraction": post("Content-Length: 5.0") + "hello",
  "an empty length": post("Content-Length:") + SMUGGLED,
  "a length that overflows": post("Content-Length: 18446744073709551621") + "hello",
  "a length of twenty digits, which not everybody reads":
    post("Content-Length: 00000000000000000005") + "hello",
  "a length that is a word": post("Content-Length: five") + "hello",
  // Codings that not everybody reads alike.
  "Transfer-Encoding: gzip, chunked": post("Transfer-Encoding: gzip, chunked") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding: chunked, chunked": post("Transfer-Encoding: chunked, chunked") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding: chunked, identity":
    post("Transfer-Encoding: chunked, identity") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding: identity": post("Transfer-Encoding: identity", "Content-Length: 5") + "hello",
  "Transfer-Encoding: xchunked": post("Transfer-Encoding: xchunked") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding with a vertical tab": post("Transfer-Encoding: \u000bchunked") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding in quotes": post('Transfer-Encoding: "chunked"') + `0\r\n\r\n${SMUGGLED}`,
  "an empty Transfer-Encoding": post("Transfer-Encoding:", "Content-Length: 5") + "hello",
  "two Transfer-Encoding lines":
    post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + `0\r\n\r\n${SMUGGLED}`,
  "Transfer-Encoding with a blank before the colon":
    post("Transfer-Encoding : chunked", "Content-Length: 5") + "hello",
  "Content-Length with a blank before the colon": post("Content-Length : 5") + "hello",
  "Transfer-Encoding behind a NUL": post("X: y\u0000\r\nTransfer-Encoding: chunked") + "0\r\n\r\n",
  // Lines.
  "a folded header": post("X-A: b", " Transfer-Encoding: chunked", "Content-Length: 5") + "hello",
  "a header folded with a tab": post("X-A: b\r\n\tc", "Content-Length: 5") + "hello",
  "a blank before the first header": `POST /shop/orders-api/x HTTP/1.1\r\n Host: g\r\nContent-Length: 5\r\n\r\nhello`,
  "a line feed without carriage return behind a header":
    "POST /shop/orders-api/x HTTP/1.1\r\nHost: g\nContent-Length: 5\r\n\r\nhello",
  "line feeds alone": "POST /shop/orders-api/x HTTP/1.1\nHost: g\nContent-Length: 5\n\nhello",
  "a line feed alone behind the request line":
    "POST /shop/orders-api/x HTTP/1.1\nHost: g\r\nContent-Length: 5\r\n\r\nhello",
  "a carriage return inside a value":
    post("X-A: b\rTransfer-Encoding: chunked", "Content-Length: 5") + "hello",
  "a carriage return inside a name": post("X-\rA: b", "Content-Length: 5") + "hello",
  "a carriage return behind the colon": post("X-A:\rb", "Content-Length: 5") + "hello",
  "a NUL in a value": post("X-A: b\u0000c", "Content-Length: 5") + "hello",
  "a NUL in a name": post("X-A\u0000: b", "Content-Length: 5") + "hello",
  "a NUL in the path": "GET /shop/orders-api/a\u0000b HTTP/1.1\r\nHost: g\r\n\r\n",
  "a tab in the path": "GET /shop/orders-api/a\tb HTTP/1.1\r\nHost: g\r\n\r\n",
  "a carriage return in the path": "GET /shop/orders-api/a\rb HTTP/1.1\r\nHost: g\r\n\r\n",
  "a blank in the path": "GET /shop/orders-api/a b HTTP/1.1\r\nHost: g\r\n\r\n",
  "a header without a colon": post("X-A", "Content-Length: 5") + "hello",
  "a header without a name": post(": b", "Content-Length: 5") + "hello",
  "a blank in a header's name": post("X A: b", "Content-Length: 5") + "hello",
  "a parenthesis in a header's name": post("X(A): b", "Content-Length: 5") + "hello",
  // Whom it is for.
  "two Host lines": "GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nHost: h\r\n\r\n",
  "two Host lines that agree": "GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nhost: g\r\n\r\n",
  "no Host": "GET /shop/orders-api/x HTTP/1.1\r\n\r\n",
  "OPTIONS *": "OPTIONS * HTTP/1.1\r\nHost: g\r\n\r\n",
  "GET *": "GET * HTTP/1.1\r\nHost: g\r\n\r\n",
  "an authority as target": "GET g:80 HTTP/1.1\r\nHost: g\r\n\r\n",
  "a target without a slash": "GET shop/orders-api/x HTTP/1.1\r\nHost: g\r\n\r\n",
  "a target with another scheme": "GET ftp://g/shop/orders-api/x HTTP/1.1\r\nHost: g\r\n\r\n",
  // No HTTP/1.1 at all.
  "a request without version": "GET /shop/orders-api/x\r\n\r\n",
  "HTTP/0.9": "GET /shop/orders-api/x HTTP/0.9\r\nHost: g\r\n\r\n",
  "HTTP/1.2": "GET /shop/orders-api/x HTTP/1.2\r\nHost: g\r\n\r\n",
  "HTTP/2 with prior knowledge": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "http/1.1 in small letters": "GET /shop/orders-api/x http/1.1\r\nHost: g\r\n\r\n",
  "a TLS handshake": "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
  "an answer": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
};

for (const [name, bytes] of Object.entries(REFUSED)) {
  test(`gateway smuggling - ${name} is 400 and ends the connection`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    await client.send(bytes);
    const answer = await client.response();
    equal(answer.status, 400);
    equal(answer.header("X-Gateway-Error"), "request");
    equal(answer.header("Connection"), "close");
    await client.send(SMUGGLED);
    await client.closed;
    equal(client.responses.length, 1, "nothing behind it was taken for a request");
    equal(scene.target.calls.length, 0);
  });
}

/** Begun like proper calls; the fault comes in the body, so the target may have seen their beginning. */
const BROKEN_BODIES: Readonly<Record<string, string>> = {
  "a chunk size that is no number": "zz\r\nhello\r\n0\r\n\r\n",
  "a chunk size with a sign": "+5\r\nhello\r\n0\r\n\r\n",
  "a negative chunk size": "-5\r\nhello\r\n0\r\n\r\n",
  "a chunk size with 0x": "0x5\r\nhello\r\n0\r\n\r\n",
  "a chunk size that overflows": "fffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
  "a blank before a chunk size": " 5\r\nhello\r\n0\r\n\r\n",
  "a chunk size that ends with a line feed": "5\nhello\r\n0\r\n\r\n",
  "a chunk extension with a line feed": `5;a\nb\r\nhello\r\n0\r\n\r\n`,
  "a chunk extension with a carriage return": `5;a\rb\r\nhello\r\n0\r\n\r\n`,
  "a chunk that is longer than it says": "3\r\nhello\r\n0\r\n\r\n",
  "a chunk that ends with a line feed": "5\r\nhello\n0\r\n\r\n",
  "a chunk without an end": "5\r\nhello0\r\n\r\n",
  "an end without its last line": "5\r\nhello\r\n0\r\nX",
  "a trailer that is folded": "5\r\nhello\r\n0\r\nX-A: b\r\n c\r\n\r\n",
  "a trailer with a NUL": "5\r\nhello\r\n0\r\nX-A: b\u0000\r\n\r\n",
};

for (const [name, body] of Object.entries(BROKEN_BODIES)) {
  test(`gateway smuggling - ${name} is refused and never completes a request at the target`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    await client.send(post("Transfer-Encoding: chunked") + body + SMUGGLED);
    const answer = await client.response();
    ok(answer.status === 400 || answer.status === 408 || answer.status === 502, String(answer.status));
    equal(answer.header("X-Gateway-Error"), "request");
    await client.closed;
    equal(client.responses.length, 1);
    await nothingSmuggled(scene.target);
  });
}

/** The target has at most the beginning of one request, and its connection is gone. */
async function nothingSmuggled(target: Target): Promise<void> {
  ok(target.calls.length <= 1);
  for (const call of target.calls) {
    equal(call.path, "/x");
    await call.closed;
    const completed = await call.body.then(
      () => true,
      () => false,
    );
    equal(completed, false);
  }
}

for (const method of ["GET", "HEAD", "DELETE", "OPTIONS", "POST"]) {
  test(`gateway smuggling - a request in the body of ${method} stays its body`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    await client.request(method, "/shop/orders-api/x", { body: SMUGGLED });
    equal((await client.response()).status, 200);
    await client.request("GET", "/shop/orders-api/second");
    equal((await client.response()).status, 200);
    equal(scene.target.calls.length, 2);
    equal(await scene.target.calls[0]?.text(), SMUGGLED);
    equal(scene.target.calls[1]?.path, "/second");
  });
}

for (const host of ["a b", "a/b", "x@y", "h?q", "h#f", "a\\b", 'a"b', "a'b", ":80"]) {
  test(`gateway smuggling - Host ${host} is refused, so that no redirect points there`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    await client.request("GET", "/shop/orders-api/x", { headers: [`Host: ${host}`] });
    const answer = await client.response();
    equal(answer.status, 400);
    equal(answer.header("X-Gateway-Error"), "request");
    await client.closed;
    equal(scene.target.calls.length, 0);
  });
}

test("gateway smuggling - a request in the body of a refused call stays its body", async () => {
  await using scene = await startScene();
  await using client = await scene.gateway.connect();
  await client.request("POST", "/nobody/x", { body: SMUGGLED });
  equal((await client.response()).status, 404);
  await client.request("GET", "/shop/orders-api/second");
  equal((await client.response()).status, 200);
  equal(scene.target.calls.length, 1);
  equal(scene.target.last.path, "/second");
});

test("gateway smuggling - what follows a refused call with Expect is not taken for its body and a request", async () => {
  await using scene = await startScene();
  await using client = await scene.gateway.connect();
  await client.request("POST", "/nobody/x", {
    headers: ["Expect: 100-continue", `Content-Length: ${SMUGGLED.length}`],
  });
  equal((await client.response()).status, 404);
  // A caller may send the body all the same, or may not: whatever comes now must not be ambiguous.
  await client.send(SMUGGLED);
  await client.send("GET /shop/orders-api/second HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n");
  await client.closed;
  equal(
    scene.target.calls.some(({ path }) => path === "/smuggled"),
    false,
  );
});

for (const name of ["X-Padding", "Cookie", "Authorization"]) {
  test(`gateway smuggling - ${name} of 128 KiB is 431 and ends the connection`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    await client.send(
      `GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\n${name}: ${"x".repeat(128 * 1024)}\r\n\r\n`,
    );
    const answer = await client.response();
    equal(answer.status, 431);
    equal(answer.header("X-Gateway-Error"), "request");
    await client.closed;
    equal(scene.target.calls.length, 0);
  });
}

test("gateway smuggling - headers just below the limit pass", async () => {
  await using scene = await startScene();
  const value = "x".repeat(48 * 1024);
  const answer = await scene.gateway.call("GET", "/shop/orders-api/x", { headers: [`X-Padding: ${value}`] });
  equal(answer.status, 200);
  equal(scene.target.last.header("X-Padding"), value);
});

test("gateway smuggling - several thousand headers are 431", async () => {
  await using scene = await startScene();
  await using client = await scene.gateway.connect();
  const lines = Array.from({ length: 10_000 }, (_, index) => `X-${index}: ${index}`);
  await client.send(`GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\n${lines.join("\r\n")}\r\n\r\n`);
  equal((await client.response()).status, 431);
  await client.closed;
});

test("gateway smuggling - a request with many small headers loses none of them", async () => {
  await using scene = await startScene();
  const lines = Array.from({ length: 2500 }, (_, index) => `X-${index}: ${index}`);
  const answer = await scene.gateway.call("GET", "/shop/orders-api/x", { headers: lines });
  // Either all pass or the call is refused: dropping the last ones silently could drop the framing.
  if (answer.status === 431) equal(scene.target.calls.length, 0);
  else equal(scene.target.last.header("X-2499"), "2499");
});

test("gateway smuggling - a body's framing behind thousands of headers is not overlooked", async () => {
  await using scene = await startScene();
  await using client = await scene.gateway.connect();
  const lines = Array.from({ length: 3000 }, (_, index) => `X-${index}: ${index}`);
  await client.send(post(...lines, `Content-Length: ${SMUGGLED.length}`) + SMUGGLED);
  await client.response();
  await client.request("GET", "/nobody/end", { headers: ["Connection: close"] });
  await client.closed;
  equal(
    scene.target.calls.some(({ path }) => path === "/smuggled"),
    false,
  );
});

for (const [name, start] of [
  ["headers", "GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\n"],
  ["request line", "GET /shop/orders-api/"],
] as const) {
  test(`gateway smuggling - an endless ${name} is 431 and ends the connection`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    await client.send(start);
    const piece = name === "headers" ? `X-A: ${"x".repeat(1000)}\r\n` : "x".repeat(1000);
    for (let sent = 0; !client.isClosed && sent < 10_000; sent++) await client.send(piece);
    const answer = await client.response();
    equal(answer.status, 431);
    await client.closed;
    equal(scene.target.calls.length, 0);
  });
}

for (const [name, start] of [
  ["nothing", ""],
  ["half a request line", "GET /shop/ord"],
  ["half of the headers", "GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nX-A"],
] as const) {
  test(`gateway smuggling - a caller that has sent ${name} is cut off after requestTimeout`, async () => {
    await using scene = await startScene();
    await using client = await scene.gateway.connect();
    if (start !== "") {
      await client.send(start);
      equal((await client.response()).status, 408);
    }
    await client.closed;
    equal(scene.target.calls.length, 0);
  });
}

test("gateway smuggling - headers that trickle in are cut off after requestTimeout", async () => {
  await using scene = await startScene();
  await using client = await scene.gateway.connect();
  await client.send("GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\n");
  while (!client.isClosed) {
    await client.send("X-A: b\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  equal(client.responses[0]?.status, 408);
  equal(scene.target.calls.length, 0);
});

test("gateway smuggling - a slow head on a kept connection is cut off too", async () => {
  await using scene = await startScene();
  await using client = await scene.gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  equal((await client.response()).status, 200);
  await client.send("GET /shop/ord");
  await client.closed;
  equal(scene.target.calls.length, 1);
});
