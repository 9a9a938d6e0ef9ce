import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGatewayProcess, type GatewayProcess } from "../doubles/gateway-process.ts";
import { answersOk, startTarget } from "../doubles/target.ts";

const BASIC = { credentials: { type: "Basic", secretName: "basic" } } as const;

/** What the admin API has taken is called a moment later. */
async function isCalled(gateway: GatewayProcess): Promise<void> {
  await eventually(async () => equal((await gateway.call("GET", "/shop/orders-api/known")).status, 200));
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`gateway process - ${signal} finishes 50 calls in flight, loses none and ends with 0`, async () => {
    await using target = await startTarget();
    await using gateway = await startGatewayProcess();
    await gateway.create(shop(target.url));
    await isCalled(gateway);
    target.calls.length = 0;
    target.answering = async () => {};
    const calls = Array.from({ length: 50 }, (_, index) => gateway.call("GET", `/shop/orders-api/${index}`));
    await eventually(() => equal(target.calls.length, 50), { timeout: 60_000 });
    await using idle = await gateway.connect();
    gateway.signal(signal);
    await idle.closed;
    for (const call of target.calls) await call.respond(200, {}, `for ${call.path}`);
    const answers = await Promise.all(calls);
    deepEqual(
      answers.map(({ status, text }) => [status, text]),
      answers.map((_, index) => [200, `for /${index}`]),
    );
    const { code, stdout } = await gateway.ended;
    equal(code, 0);
    const lines = stdout.split("\n").filter((line) => line.includes('"log":"access"'));
    const served = lines.filter((line) => /"path":"\/shop\/orders-api\/\d+"/.test(line));
    equal(served.length, 50, "every call has left its line");
  });
}

test("gateway process - SIGTERM leaves none of 16 callers on kept connections without an answer", async () => {
  await using target = await startTarget();
  await using gateway = await startGatewayProcess();
  await gateway.create(shop(target.url));
  await isCalled(gateway);
  let answers = 0;
  const caller = async () => {
    for (;;) {
      await using client = await gateway.connect();
      let isKept = true;
      while (isKept) {
        await client.request("GET", "/shop/orders-api/x");
        // Rejects where the connection closes without an answer.
        const answer = await client.response();
        equal(answer.status, 200);
        answers++;
        isKept = answer.header("Connection") !== "close";
      }
    }
  };
  const callers = Array.from({ length: 16 }, caller);
  const refused = Promise.all(callers.map((called) => rejects(called, { code: "ECONNREFUSED" })));
  await eventually(() => ok(answers > 500), { timeout: 60_000 });
  gateway.signal("SIGTERM");
  await refused;
  equal((await gateway.ended).code, 0);
});

test("gateway process - a call that outlasts the drain is cut and the process ends", async () => {
  await using target = await startTarget();
  await using gateway = await startGatewayProcess([
    "--gateway-drain-timeout=1s",
    "--gateway-proxy-timeout=1s",
  ]);
  await gateway.create(shop(target.url));
  await isCalled(gateway);
  target.answering = async () => {};
  await using client = await gateway.connect();
  await client.request("GET", "/shop/orders-api/x");
  const call = await target.call(target.calls.length + 1);
  await call.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
  gateway.signal("SIGTERM");
  await client.closed;
  await call.closed;
  await gateway.ended;
});

test("gateway process - callers see no failure while their Application and its Secret change 200 times", async () => {
  await using target = await startTarget();
  await using gateway = await startGatewayProcess();
  await gateway.createSecret("basic", { username: "u", password: "0" });
  const variant = (number: number) => shop(`${target.url}/${number}`, BASIC);
  await gateway.create(variant(0));
  await isCalled(gateway);
  const over = new AbortController();
  let calls = 0;
  const caller = async () => {
    await using client = await gateway.connect();
    while (!over.signal.aborted) {
      await client.request("GET", "/shop/orders-api/x");
      const answer = await client.response();
      equal(answer.status, 200, answer.text);
      calls++;
    }
  };
  const callers = Array.from({ length: 4 }, caller);
  for (let change = 1; change <= 100; change++) {
    await gateway.patch("shop", { spec: variant(change).spec });
    await gateway.patchSecret("basic", { password: String(change) });
  }
  over.abort();
  await Promise.all(callers);
  ok(calls > 100);
  await eventually(async () => {
    await gateway.call("GET", "/shop/orders-api/x");
    equal(target.last.path, "/100/x");
    equal(target.last.header("Authorization"), `Basic ${Buffer.from("u:100").toString("base64")}`);
  });
});

test("gateway process - a deleted Application is refused, and comes back when it is created again", async () => {
  await using target = await startTarget();
  await using gateway = await startGatewayProcess();
  for (let round = 0; round < 3; round++) {
    await gateway.create(shop(target.url));
    await isCalled(gateway);
    await gateway.remove("shop");
    await eventually(async () => equal((await gateway.call("GET", "/shop/orders-api/x")).status, 404));
  }
});

test("gateway process - a storm of malformed requests leaves it able to serve", async () => {
  await using target = await startTarget(answersOk);
  await using gateway = await startGatewayProcess();
  await gateway.create(shop(target.url));
  const attacks = [
    "\u0000\u0001\u0002",
    "GET",
    "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "\r\n".repeat(100),
  ];
  const attackers = Array.from({ length: 200 }, async (_, index) => {
    await using client = await gateway.connect();
    await client.send(attacks[index % attacks.length] ?? "");
    if (index % 3 === 0) client.reset();
  });
  await Promise.all(attackers);
  await isCalled(gateway);
});
