import { deepEqual, equal, rejects } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersBytes, startTarget } from "../doubles/target.ts";

const OK = "HTTP/1.1 200 OK\r\n";

test("gateway response - headers pass with repetitions, case and bytes beyond ASCII", async () => {
  await using target = await startTarget(
    answersBytes(
      `${OK}Set-Cookie: a=1; Path=/; Domain=erp.example.com\r\nx-ODD: caf\u00e9\r\nSet-Cookie: b=2\r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Length: 2\r\n\r\nok`,
    ),
  );
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  deepEqual(answer.headerAll("Set-Cookie"), ["a=1; Path=/; Domain=erp.example.com", "b=2"]);
  deepEqual(answer.headerAll("X-Twice"), ["1", "2"]);
  equal(answer.head.raw.includes("x-ODD: caf\u00e9\r\n"), true);
  equal(answer.text, "ok");
});

test("gateway response - bytes beyond ASCII pass in a head that comes before its body, too", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  for (const [number, method] of ["GET", "HEAD"].entries()) {
    await using client = await gateway.connect();
    await client.request(method, "/shop/orders-api/x");
    const call = await target.call(number + 1);
    await call.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Own: \u00e9\r\n\r\n");
    equal((await client.head()).header("X-Own"), "\u00e9");
    await call.write("body");
  }
});

test("gateway response - nothing of the gateway's own is added to a target's answer", async () => {
  await using target = await startTarget(answersBytes(`${OK}Content-Length: 2\r\n\r\nok`));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  const names = answer.head.headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  deepEqual(
    names.filter((name) => !["connection", "keep-alive", "date"].includes(name)),
    ["content-length"],
  );
});

test("gateway response - hop-by-hop headers and what Connection names stay with the gateway", async () => {
  const lines = [
    "Connection: keep-alive, X-Hop",
    "X-Hop: 1",
    "Keep-Alive: timeout=77",
    "Proxy-Authenticate: Basic",
    "Proxy-Connection: keep-alive",
    "Upgrade: h2c",
    "Trailer: X-None",
    "X-Kept: 1",
    "Content-Length: 0",
  ];
  await using target = await startTarget(answersBytes(`${OK}${lines.join("\r\n")}\r\n\r\n`));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.header("X-Kept"), "1");
  for (const name of ["X-Hop", "Proxy-Authenticate", "Proxy-Connection", "Upgrade", "Trailer"]) {
    equal(answer.header(name), undefined, name);
  }
  equal(answer.head.raw.includes("timeout=77"), false);
});

for (const status of [500, 501, 502, 503, 504, 511, 599]) {
  test(`gateway response - a target's ${status} becomes 502 that names it, with headers and body unchanged`, async () => {
    await using target = await startTarget((call) =>
      call.respond(status, { "X-Why": "because", "target-system-status": "200" }, "the target's own words"),
    );
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 502);
    equal(answer.reason, "Bad Gateway");
    deepEqual(answer.headerAll("Target-System-Status"), [String(status)]);
    equal(answer.header("X-Why"), "because");
    equal(answer.text, "the target's own words");
    equal(answer.header("X-Gateway-Error"), undefined);
  });
}

for (const status of [200, 201, 202, 203, 206, 300, 304, 307, 308, 400, 404, 409, 418, 429, 451, 600, 999]) {
  test(`gateway response - ${status} passes unchanged`, async () => {
    const body = status === 304 ? "" : "body";
    await using target = await startTarget(
      answersBytes(`HTTP/1.1 ${status} Whatever\r\nX-A: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, status);
    equal(answer.header("X-A"), "1");
    equal(answer.text, body);
    equal(answer.header("Target-System-Status"), undefined);
  });
}

test("gateway response - Target-System-Status of a target passes on other answers", async () => {
  await using target = await startTarget((call) => call.respond(200, { "Target-System-Status": "500" }));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).header("Target-System-Status"), "500");
});

test("gateway response - a target cannot pretend that the gateway made its answer", async () => {
  await using target = await startTarget((call) => call.respond(400, { "X-Gateway-Error": "token" }));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).header("X-Gateway-Error"), undefined);
});

test("gateway response - a compressed body is passed as it is", async () => {
  const compressed = gzipSync("hello");
  await using target = await startTarget(async (call) => {
    await call.write(`${OK}Content-Encoding: gzip\r\nContent-Length: ${compressed.length}\r\n\r\n`);
    await call.write(compressed);
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.header("Content-Encoding"), "gzip");
  equal((await answer.body).equals(compressed), true);
});

test("gateway response - every byte value passes in a body, in both directions", async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  await using target = await startTarget(async (call) => {
    const body = await call.body;
    await call.write(`${OK}Content-Length: ${body.length}\r\n\r\n`);
    await call.write(body);
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("POST", "/shop/orders-api/x", { body: bytes });
  equal((await target.last.body).equals(bytes), true);
  equal((await answer.body).equals(bytes), true);
});

test("gateway response - an answer in chunks arrives whole", async () => {
  await using target = await startTarget(
    answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n002\r\nde\r\n0\r\n\r\n`),
  );
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call("GET", "/shop/orders-api/x")).text, "abcde");
});

test("gateway response - a body that ends with the target's connection arrives whole", async () => {
  await using target = await startTarget(answersBytes("HTTP/1.0 200 OK\r\n\r\nall of it", "ends"));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.text, "all of it");
});

test("gateway response - HEAD gets the headers of GET and no body", async () => {
  await using target = await startTarget(answersBytes(`${OK}Content-Length: 1000\r\nX-A: 1\r\n\r\n`));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("HEAD", "/shop/orders-api/x");
  equal(answer.header("Content-Length"), "1000");
  equal(answer.header("X-A"), "1");
  equal(answer.text, "");
});

test("gateway response - an answer without body to HEAD gets no length invented", async () => {
  await using target = await startTarget(answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n`));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  equal((await gateway.call("HEAD", "/shop/orders-api/x")).header("Content-Length"), undefined);
});

for (const status of [204, 304]) {
  test(`gateway response - ${status} has no body and leaves both connections usable`, async () => {
    await using target = await startTarget(answersBytes(`HTTP/1.1 ${status} Status\r\nETag: "x"\r\n\r\n`));
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    await using client = await gateway.connect();
    for (let call = 0; call < 2; call++) {
      await client.request("GET", "/shop/orders-api/x");
      const answer = await client.response();
      equal(answer.status, status);
      equal(answer.header("ETag"), '"x"');
    }
    equal(target.accepted, 1);
  });
}

test("gateway response - trailers of the target reach the caller, announced or not", async () => {
  for (const announcement of ["", "Trailer: X-Sum\r\n"]) {
    await using target = await startTarget(
      answersBytes(
        `${OK}${announcement}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 42\r\nX-More: m\r\n\r\n`,
      ),
    );
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await gateway.call("GET", "/shop/orders-api/x", { headers: ["TE: trailers"] });
    equal(answer.text, "abc");
    deepEqual(answer.trailers, ["X-Sum", "42", "X-More", "m"]);
  }
});

for (const mode of ["path", "host"]) {
  test(`gateway response - trailers that would change what went before are dropped (addressed by ${mode})`, async () => {
    const dropped = [
      "X-Gateway-Error: token",
      "Connection: close",
      "X-Hop: 1",
      "Keep-Alive: timeout=1",
      "Trailer: X-Sum",
      "TE: trailers",
      "Upgrade: h2c",
      "Host: other.example.com",
      "Set-Cookie: a=b",
      "Location: /elsewhere",
      "content-TYPE: text/html",
      "Content-Encoding: gzip",
      "Cache-Control: public",
    ];
    const lines = ["X-Sum: 42", ...dropped, "Server-Timing: db;dur=1"].map((line) => `${line}\r\n`).join("");
    await using target = await startTarget(
      answersBytes(
        `${OK}Connection: X-Hop\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${lines}\r\n`,
      ),
    );
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const answer = await (mode === "host"
      ? gateway.call("GET", "/x", { headers: ["Host: shop-id-of-orders-api"] })
      : gateway.call("GET", "/shop/orders-api/x"));
    equal(answer.text, "abc");
    deepEqual(answer.trailers, ["X-Sum", "42", "Server-Timing", "db;dur=1"]);
  });
}

test("gateway response - trailers of the caller's body are dropped", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("POST", "/shop/orders-api/x", {
    headers: ["Transfer-Encoding: chunked", "Trailer: X-Sum"],
    body: "3\r\nabc\r\n0\r\nX-Sum: 42\r\n\r\n",
  });
  equal(answer.status, 200);
  equal(await target.last.text(), "abc");
  equal(target.transcripts.join("").includes("X-Sum"), false);
});

const INFORMED = [
  "HTTP/1.1 102 Processing\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\nX-A: \u00e9\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nX-Alone: 1\r\n\r\n",
  "HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: 0\r\n\r\n",
  "HTTP/1.1 199 Last\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 0\r\nX-Gateway-Error: token\r\nX-Kept: 1\r\n\r\n",
].join("");

test("gateway response - every informational answer is relayed before the final one, with its headers", async () => {
  await using target = await startTarget(answersBytes(`${INFORMED}${OK}Content-Length: 2\r\n\r\nok`));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 200);
  equal(answer.text, "ok");
  deepEqual(
    answer.informational.map(({ startLine, headers }) => [startLine.split(" ")[1], headers]),
    [
      ["102", []],
      ["103", ["Link", "</style.css>; rel=preload", "Link", "</b.js>; rel=preload", "X-A", "\u00e9"]],
      ["103", ["X-Alone", "1"]],
      ["104", ["Upload-Offset", "0"]],
      ["199", ["X-Kept", "1"]],
    ],
  );
});

test("gateway response - a target's 100 that nobody asked for stays with the gateway", async () => {
  await using target = await startTarget(
    answersBytes(`HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`),
  );
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x");
  equal(answer.status, 200);
  equal(answer.text, "ok");
  deepEqual(answer.informational, []);
});

test("gateway response - an HTTP/1.0 caller gets no informational answers", async () => {
  await using target = await startTarget(answersBytes(`${INFORMED}${OK}Content-Length: 2\r\n\r\nok`));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send("GET /shop/orders-api/x HTTP/1.0\r\n\r\n");
  const answer = await client.response();
  equal(answer.status, 200);
  equal(answer.text, "ok");
  deepEqual(answer.informational, []);
});

test("gateway response - informational answers to a pipelined call follow the answer to the one before", async () => {
  const first = Promise.withResolvers<void>();
  await using target = await startTarget(async (call) => {
    if (call.path === "/first") await first.promise;
    else await call.write("HTTP/1.1 102 Processing\r\n\r\n");
    await call.respond(200, {}, call.path);
    if (call.path !== "/first") first.resolve();
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/first");
  await client.request("GET", "/shop/orders-api/second");
  const [one, two] = [await client.response(), await client.response()];
  deepEqual([one.text, one.informational.length], ["/first", 0]);
  deepEqual([two.text, two.informational.length], ["/second", 1]);
});

test("gateway response - Expect: 100-continue is answered by the gateway and goes no further", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", {
    headers: ["Expect: 100-continue", "Content-Length: 5"],
  });
  await client.informed(100);
  await client.send("hello");
  const answer = await client.response();
  equal(answer.status, 200);
  equal(await target.last.text(), "hello");
  equal(target.last.header("Expect"), undefined);
});

test("gateway response - a refused call with Expect: 100-continue is refused before its body is asked for", async () => {
  await using gateway = await startGateway({ applications: [] });
  await using client = await gateway.connect();
  await client.request("POST", "/nobody/x", { headers: ["Expect: 100-continue", "Content-Length: 5"] });
  const answer = await client.response();
  equal(answer.status, 404);
  deepEqual(answer.informational, []);
});

test("gateway response - kept connections on both sides serve many calls", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  for (let call = 0; call < 20; call++) {
    await client.request(call % 2 === 0 ? "GET" : "POST", "/shop/orders-api/x", {
      body: call % 2 === 0 ? undefined : "b",
    });
    equal((await client.response()).status, 200);
  }
  equal(target.accepted, 1);
});

test("gateway response - pipelined calls are answered in their order", async () => {
  await using target = await startTarget((call) => call.respond(200, {}, call.path));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  for (const path of ["a", "b", "c"]) await client.request("GET", `/shop/orders-api/${path}`);
  for (const path of ["a", "b", "c"]) equal((await client.response()).text, `/${path}`);
});

test("gateway response - a caller that asks to close gets its answer and the connection closed", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x", { headers: ["Connection: close"] });
  equal((await client.response()).status, 200);
  await client.closed;
});

test("gateway response - an HTTP/1.0 caller gets an answer it can read", async () => {
  await using target = await startTarget(
    answersBytes(`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
  );
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send("GET /shop/orders-api/x HTTP/1.0\r\n\r\n");
  const answer = await client.response();
  equal(answer.status, 200);
  equal(answer.header("Transfer-Encoding"), undefined);
  equal(answer.text, "abc");
  await client.closed;
});

test("gateway response - an offer of HTTP/2 is ignored, as HTTP allows", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const answer = await gateway.call("GET", "/shop/orders-api/x", {
    headers: [
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    ],
  });
  equal(answer.status, 200);
  equal(target.last.header("Upgrade"), undefined);
  equal(target.last.header("HTTP2-Settings"), undefined);
});

test("gateway response - a body that stops short is a broken answer, never a shorter one", async () => {
  await using target = await startTarget(answersBytes(`${OK}Content-Length: 100\r\n\r\npart`, "ends"));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  await rejects(
    client.response().then((answer) => (answer.status === 502 ? Promise.reject(new Error("502")) : answer)),
  );
});
