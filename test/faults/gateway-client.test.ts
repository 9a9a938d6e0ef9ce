import { equal, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { connectRaw, type RawClient } from "../doubles/raw-client.ts";
import { answersOk, startTarget } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const BASIC = { credentials: { type: "Basic", secretName: "basic" } } as const;
const SECRETS = { basic: { username: "u", password: "p" }, oauth: { clientId: "id", clientSecret: "s" } };

/** The two ways in which a caller goes. */
const GOES: Readonly<Record<string, (client: RawClient) => void>> = {
  resets: (client) => client.reset(),
  closes: (client) => void client[Symbol.asyncDispose](),
};

for (const [goes, go] of Object.entries(GOES)) {
  test(`gateway caller - one that ${goes} while it sends a large body frees the target's connection`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const client = await gateway.connect();
    await client.request("PUT", "/shop/orders-api/x", { headers: ["Content-Length: 1000000"] });
    await client.send(Buffer.alloc(200_000));
    const call = await target.call(1);
    await eventually(() => ok(call.received > 0));
    go(client);
    await call.closed;
    await gateway.inFlight(0);
    // A caller that says it is done in the middle of its body may still read that this was a mistake.
    ok([400, 499].includes(gateway.finished.at(-1)?.status ?? 0));
  });

  test(`gateway caller - one that ${goes} between two chunks frees the target's connection`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const client = await gateway.connect();
    await client.request("PUT", "/shop/orders-api/x", { headers: ["Transfer-Encoding: chunked"] });
    await client.send("5\r\nhello\r\n");
    const call = await target.call(1);
    go(client);
    await call.closed;
    await gateway.inFlight(0);
    await rejectsBody(call.body);
  });

  test(`gateway caller - one that ${goes} inside a small body never reaches the target`, async () => {
    await using target = await startTarget();
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const client = await gateway.connect();
    await client.request("POST", "/shop/orders-api/x", { headers: ["Content-Length: 10"] });
    await client.send("half");
    await gateway.inFlight(1);
    go(client);
    await gateway.inFlight(0);
    equal(target.calls.length, 0);
  });

  test(`gateway caller - one that ${goes} while a token is fetched never reaches the target, and others still do`, async () => {
    await using target = await startTarget();
    const release = Promise.withResolvers<void>();
    const issue = answersTokens();
    await using tokens = await startTarget(async (call) => {
      await release.promise;
      await issue(call);
    });
    await using gateway = await startGateway({
      applications: [
        shop(target.url, {
          credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` },
        }),
      ],
      secrets: SECRETS,
    });
    const client = await gateway.connect();
    await client.request("GET", "/shop/orders-api/gone");
    await tokens.call(1);
    const patient = gateway.call("GET", "/shop/orders-api/patient");
    await gateway.inFlight(2);
    go(client);
    await gateway.inFlight(1);
    release.resolve();
    equal((await patient).status, 200);
    equal(tokens.calls.length, 1);
    equal(
      target.calls.some(({ path }) => path === "/gone"),
      false,
    );
  });

  test(`gateway caller - one that ${goes} while a CSRF token is fetched never reaches the target`, async () => {
    await using target = await startTarget(async (call) => {
      if (call.path !== "/csrf") await answersOk(call);
    });
    await using gateway = await startGateway({
      applications: [
        shop(target.url, {
          credentials: { ...BASIC.credentials, csrfInfo: { tokenEndpointURL: `${target.url}/csrf` } },
        }),
      ],
      secrets: SECRETS,
    });
    const client = await gateway.connect();
    await client.request("POST", "/shop/orders-api/x");
    await target.call(1);
    go(client);
    await gateway.inFlight(0);
    equal(target.calls.length, 1);
  });

  test(`gateway caller - one that ${goes} while the target works frees the target's connection`, async () => {
    await using target = await startTarget(async () => {});
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const client = await gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    const call = await target.call(1);
    go(client);
    await call.closed;
    await gateway.inFlight(0);
    equal(gateway.finished.at(-1)?.status, 499);
    equal(gateway.finished.at(-1)?.attempts, 1);
  });

  test(`gateway caller - one that ${goes} inside the answer frees the target's connection`, async () => {
    await using target = await startTarget(async (call) => {
      await call.write(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`);
    });
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const client = await gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    const answer = await client.head();
    await eventually(() => equal(answer.text, "part"));
    go(client);
    await target.last.closed;
    await gateway.inFlight(0);
  });

  test(`gateway caller - one that ${goes} without having read a large answer frees the target's connection`, async () => {
    await using target = await startTarget(async (call) => {
      await call.write(`${OK}Content-Length: ${1024 ** 3}\r\n\r\n`);
      const piece = Buffer.alloc(64 * 1024);
      while (call.isOpen) await call.write(piece);
    });
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    const client = await gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    await client.head();
    client.pause();
    go(client);
    await target.last.closed;
    await gateway.inFlight(0);
  });

  test(`gateway caller - one that ${goes} while the call is repeated frees the second connection too`, async () => {
    await using target = await startTarget(async (call) => {
      if (target.calls.length === 1) await call.respond(401);
    });
    await using gateway = await startGateway({ applications: [shop(target.url, BASIC)], secrets: SECRETS });
    const client = await gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    const second = await target.call(2);
    go(client);
    await second.closed;
    await gateway.inFlight(0);
  });

  test(`gateway caller - one that ${goes} while a refused call waits for its new token is not repeated`, async () => {
    await using target = await startTarget((call) => call.respond(401));
    const issue = answersTokens();
    await using tokens = await startTarget(async (call) => {
      if (tokens.calls.length === 1) await issue(call);
    });
    await using gateway = await startGateway({
      applications: [
        shop(target.url, {
          credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` },
        }),
      ],
      secrets: SECRETS,
    });
    const client = await gateway.connect();
    await client.request("GET", "/shop/orders-api/x");
    await tokens.call(2);
    go(client);
    await gateway.inFlight(0);
    equal(target.calls.length, 1);
    await eventually(() => equal(gateway.connections, 0));
  });
}

test("gateway caller - one whose body turns out malformed while a token is fetched never reaches the target", async () => {
  await using target = await startTarget();
  const release = Promise.withResolvers<void>();
  const issue = answersTokens();
  await using tokens = await startTarget(async (call) => {
    await release.promise;
    await issue(call);
  });
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: { type: "OAuth", secretName: "oauth", authenticationUrl: `${tokens.url}/token` },
      }),
    ],
    secrets: SECRETS,
  });
  await using client = await gateway.connect();
  await client.request("POST", "/shop/orders-api/x", { headers: ["Transfer-Encoding: chunked"] });
  await tokens.call(1);
  await client.send("zz\r\n");
  equal((await client.response()).status, 400);
  release.resolve();
  equal((await gateway.call("GET", "/shop/orders-api/other")).status, 200);
  equal(
    target.calls.some(({ path }) => path === "/x"),
    false,
  );
});

async function rejectsBody(body: Promise<Buffer>): Promise<void> {
  const completed = await body.then(
    () => true,
    () => false,
  );
  equal(completed, false, "a body that broke off must not look whole to the target");
}

/** Requests that say that they are the last of their connection. */
const LAST: Readonly<Record<string, string>> = {
  "HTTP/1.0": "GET /shop/orders-api/last HTTP/1.0\r\n\r\n",
  "Connection: close": "GET /shop/orders-api/last HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n",
  "Connection: close, with a body":
    "PUT /shop/orders-api/last HTTP/1.1\r\nHost: g\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
};

for (const [name, request] of Object.entries(LAST)) {
  test(`gateway caller - one that ends its side after its last request (${name}) gets its whole answer`, async () => {
    await using target = await startTarget(async (call) => {
      if (call.path === "/other") await answersOk(call);
    });
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    await using client = await gateway.connect();
    await client.send(request);
    client.end();
    const call = await target.call(1);
    // What another caller sends later is read after the end of this one.
    equal((await gateway.call("GET", "/shop/orders-api/other")).status, 200);
    await call.write(`${OK}Content-Length: 200000\r\n\r\n`);
    await client.head();
    for (let piece = 0; piece < 2; piece++) await call.write(Buffer.alloc(100_000));
    equal((await client.responses[0]?.body)?.length, 200_000);
    await client.closed;
    await gateway.inFlight(0);
    equal(gateway.finished.at(-1)?.status, 200);
  });
}

test("gateway caller - one that ends its side after several calls gets all answers if it called the last one so", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path === "/other") await answersOk(call);
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/first");
  await client.request("GET", "/nobody/second");
  await client.request("GET", "/shop/orders-api/third", { headers: ["Connection: close"] });
  client.end();
  const calls = [await target.call(2), await target.call(1)];
  equal((await gateway.call("GET", "/shop/orders-api/other")).status, 200);
  for (const call of calls) await call.respond(200, {}, call.path);
  equal((await client.response()).text, "/first");
  equal((await client.response()).status, 404);
  equal((await client.response()).text, "/third");
  await client.closed;
});

test("gateway caller - one that ends its side after a request that was not its last has gone", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  client.end();
  await (
    await target.call(1)
  ).closed;
  await client.closed;
  await gateway.inFlight(0);
  equal(gateway.finished.at(-1)?.status, 499);
  equal(client.transcript, "");
});

test("gateway caller - one that has gone after its last request frees the target's connection when it is written to", async () => {
  await using target = await startTarget(async (call) => {
    await call.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
    while (call.isOpen) await call.write("4\r\npart\r\n");
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x", { headers: ["Connection: close"] });
  await client[Symbol.asyncDispose]();
  await (
    await target.call(1)
  ).closed;
  await gateway.inFlight(0);
  await eventually(() => equal(gateway.connections, 0));
});

test("gateway caller - 200 that go in every phase leave nothing behind", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path === "/answers") await call.write(`${OK}Content-Length: 100\r\n\r\npart`);
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const phases = ["/answers", "/works", "/uploads"];
  const callers = Array.from({ length: 200 }, async (_, index) => {
    const path = phases[index % phases.length] ?? "";
    const client = await gateway.connect();
    await client.request(path === "/uploads" ? "PUT" : "GET", `/shop/orders-api${path}`, {
      headers: path === "/uploads" ? ["Content-Length: 100000"] : [],
    });
    if (path === "/uploads") await client.send("part");
    if (path === "/answers") await client.head();
    client.reset();
  });
  await Promise.all(callers);
  await gateway.inFlight(0);
  await eventually(() => {
    equal(gateway.connections, 0);
    equal(target.connections, 0);
  });
  target.answering = answersOk;
  equal((await gateway.call("GET", "/shop/orders-api/after")).status, 200);
});

test("gateway caller - a kept connection survives a call that ended with an error of the target", async () => {
  await using target = await startTarget((call) => call.reset());
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  equal((await client.response()).status, 502);
  target.answering = answersOk;
  await client.request("GET", "/shop/orders-api/x");
  equal((await client.response()).status, 200);
});

test("gateway drain - calls in flight are finished, idle connections closed and new ones refused", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path === "/uploading") await call.respond(200, {}, String((await call.body).length));
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using idle = await gateway.connect();
  await idle.request("PUT", "/shop/orders-api/uploading", { body: "x" });
  equal((await idle.response()).status, 200);
  await using waiting = await gateway.connect();
  await waiting.request("GET", "/shop/orders-api/waiting");
  const waitingCall = await target.call(2);
  await using streaming = await gateway.connect();
  await streaming.request("GET", "/shop/orders-api/streaming");
  const streamingCall = await target.call(3);
  await streamingCall.write(`${OK}Content-Length: 8\r\n\r\nhalf`);
  const streamed = await streaming.head();
  await using uploading = await gateway.connect();
  await uploading.request("PUT", "/shop/orders-api/uploading", { headers: ["Content-Length: 100000"] });
  await uploading.send(Buffer.alloc(50_000));
  await gateway.inFlight(3);
  const { port } = gateway;

  const drained = gateway.drain(20_000);
  await idle.closed;
  await rejects(connectRaw(port), { code: "ECONNREFUSED" });
  await uploading.send(Buffer.alloc(50_000));
  equal((await uploading.response()).text, "100000");
  await waitingCall.respond(200, {}, "done");
  equal((await waiting.response()).text, "done");
  await streamingCall.write("half");
  equal((await streamed.body).toString(), "halfhalf");
  await drained;
  for (const client of [waiting, streaming, uploading]) await client.closed;
});

test("gateway drain - a call that was sent on a kept connection before the drain is answered", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/first");
  const first = await target.call(1);
  const drained = gateway.drain(20_000);
  await first.respond(200, {}, "first");
  const answer = await client.response();
  equal(answer.text, "first");
  equal(answer.header("Connection"), "close", "the caller is told not to send more");
  await drained;
});

test("gateway drain - a call that takes longer than the grace is cut", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  await target.call(1);
  await gateway.drain(100);
  await client.closed;
  await target.last.closed;
});
