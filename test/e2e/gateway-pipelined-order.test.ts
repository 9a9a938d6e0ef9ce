import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersOk, startTarget } from "../doubles/target.ts";

/** So many calls of one connection run at once. */
const AT_ONCE = 8;

const request = (method: string, path: string, ...lines: string[]) =>
  [`${method} /shop/orders-api/${path} HTTP/1.1`, "Host: g", ...lines, "", ""].join("\r\n");

const put = (path: string, ...lines: string[]) => request("PUT", path, "Content-Length: 1", ...lines) + "x";

const gets = (count: number) =>
  Array.from({ length: count }, (_, index) => request("GET", String(index))).join("");

/** Whatever was to follow has followed once a call of another connection has been answered. */
async function answered(gateway: Awaited<ReturnType<typeof startGateway>>): Promise<void> {
  equal((await gateway.call("GET", "/nobody/x")).status, 404);
}

test("gateway pipelining - calls that change something reach the target in their order, one at a time", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(put("1") + request("DELETE", "2") + request("GET", "3") + put("4"));
  for (const [index, method] of ["PUT", "DELETE", "GET", "PUT"].entries()) {
    const call = await target.call(index + 1);
    await answered(gateway);
    equal(target.calls.length, index + 1);
    equal(call.head.startLine, `${method} /${index + 1} HTTP/1.1`);
    await answersOk(call);
    equal((await client.response()).status, 200);
  }
});

test("gateway pipelining - a safe call behind one that changes something waits for it, and the other way round", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(request("GET", "1") + request("OPTIONS", "2") + put("3") + request("GET", "4"));
  const [first, second] = [await target.call(1), await target.call(2)];
  await answered(gateway);
  equal(target.calls.length, 2);
  await Promise.all([first.respond(200), second.respond(200)]);
  const third = await target.call(3);
  equal(await third.text(), "x");
  await answered(gateway);
  equal(target.calls.length, 3);
  await third.respond(200);
  await (await target.call(4)).respond(200);
  for (let call = 0; call < 4; call++) equal((await client.response()).status, 200);
});

test("gateway pipelining - safe calls run beside each other, up to a limit, and are all answered in their order", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(gets(100));
  await target.call(AT_ONCE);
  await answered(gateway);
  equal(target.calls.length, AT_ONCE);
  target.answering = (call) => call.respond(200, {}, call.path);
  for (const call of target.calls.slice(0, AT_ONCE)) await call.respond(200, {}, call.path);
  for (let call = 0; call < 100; call++) equal((await client.response()).text, `/${call}`);
  ok(target.accepted <= AT_ONCE);
});

test("gateway pipelining - a caller that never reads takes no more connections to targets, and is not read for ever", async () => {
  const body = "x".repeat(100_000);
  await using target = await startTarget((call) => call.respond(200, {}, body));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  client.pause();
  let sent = false;
  void client.send(gets(300_000)).then(() => (sent = true));
  await gateway.inFlight(AT_ONCE);
  let calls = 0;
  await eventually(async () => {
    const before = calls;
    await answered(gateway);
    calls = target.calls.length;
    equal(calls, before);
  });
  ok(target.accepted <= AT_ONCE, `${target.accepted} connections`);
  equal(sent, false);
  client.reset();
  await gateway.inFlight(0);
  await eventually(() => equal(gateway.connections, 0));
});

test("gateway pipelining - behind many calls that wait nothing more is read", async () => {
  await using target = await startTarget(async (call) => {
    if (call.method === "POST") await answersOk(call);
  });
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  let sent = false;
  void client.send(put("1") + gets(300_000)).then(() => (sent = true));
  await target.call(1);
  // Takes more reads than the waiting calls would, and takes turns with them.
  equal((await gateway.call("POST", "/shop/orders-api/x", { body: Buffer.alloc(60_000_000) })).status, 200);
  equal(sent, false);
  client.reset();
  await (await target.call(1)).respond(200);
  await gateway.inFlight(0);
  await eventually(() => equal(gateway.connections, 0));
});

test("gateway pipelining - reading is taken up again, however many calls had to wait", async () => {
  await using target = await startTarget(async (call) => call.respond(200, {}, await call.text()));
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  const count = 3000;
  void client.send((put("a") + request("GET", "b")).repeat(count / 2));
  for (let call = 0; call < count; call++) equal((await client.response()).text, call % 2 === 0 ? "x" : "");
  equal(target.calls.length, count);
  equal(target.unreadable.length, 0);
});

test("gateway pipelining - a large body behind many waiting calls comes whole", async () => {
  await using target = await startTarget(async (call) =>
    call.respond(200, {}, String((await call.text()).length)),
  );
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  const size = 3_000_000;
  const large = request("POST", "large", `Content-Length: ${size}`) + "y".repeat(size);
  void client.send(put("a").repeat(50) + large + put("b"));
  for (let call = 0; call < 50; call++) equal((await client.response()).text, "1");
  equal((await client.response()).text, String(size));
  equal((await client.response()).text, "1");
});

for (const leaves of ["reset", "end"] as const) {
  test(`gateway pipelining - calls that wait are never made when their caller has gone (${leaves})`, async () => {
    await using target = await startTarget(async () => {});
    await using gateway = await startGateway({ applications: [shop(target.url)] });
    await using client = await gateway.connect();
    await client.send(put("1").repeat(5));
    const call = await target.call(1);
    client[leaves]();
    await call.closed;
    await gateway.inFlight(0);
    await eventually(() => equal(gateway.connections, 0));
    await answered(gateway);
    equal(target.calls.length, 1);
  });
}

test("gateway pipelining - a caller that has said which call is its last gets all answers that wait", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(put("1").repeat(50) + put("2", "Connection: close") + put("3"));
  client.end();
  await client.closed;
  equal(client.responses.length, 51);
  equal(target.calls.length, 51);
});

test("gateway pipelining - malformed bytes behind calls that wait are answered behind them", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(put("1").repeat(30) + "GET /b c HTTP/1.1\r\nHost: g\r\n\r\n");
  await client.closed;
  deepEqual(
    client.responses.map(({ status }) => status),
    [...Array<number>(30).fill(200), 400],
  );
  equal(target.calls.length, 30);
});

test("gateway pipelining - a waiting call with a malformed body is refused in its turn and never made", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(put("1") + put("2") + request("POST", "3", "Transfer-Encoding: chunked") + "zz\r\n");
  await client.closed;
  deepEqual(
    client.responses.map(({ status }) => status),
    [200, 200, 400],
  );
  equal(target.calls.length, 2);
  deepEqual(
    gateway.finished.map(({ path, status }) => [path, status]),
    [
      ["/shop/orders-api/1", 200],
      ["/shop/orders-api/2", 200],
      ["/shop/orders-api/3", 400],
    ],
  );
});

test("gateway pipelining - nothing behind a call whose answer closes the connection is made", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  for (const closing of [
    request("GET", "x", "Host: other"),
    request("GET", "x", "Connection: Upgrade", "Upgrade: websocket"),
    request("GET", "x", "Expect: wonders"),
    request("CONNECT", "x"),
  ]) {
    target.calls.length = 0;
    await using client = await gateway.connect();
    await client.send(put("1") + put("2") + closing + put("3"));
    await client.closed;
    equal(client.responses.length, 3);
    ok((client.responses[2]?.status ?? 0) >= 400);
    equal(client.responses[2]?.header("Connection"), "close");
    equal(target.calls.length, 2);
  }
});

test("gateway pipelining - a call that expects 100 Continue gets it in its turn", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(put("1") + request("PUT", "2", "Content-Length: 1", "Expect: 100-continue"));
  const first = await target.call(1);
  await answered(gateway);
  equal(client.transcript, "");
  await first.respond(200);
  equal((await client.response()).status, 200);
  await client.informed(100);
  await client.send("y");
  const second = await target.call(2);
  equal(await second.text(), "y");
  await second.respond(201);
  equal((await client.response()).status, 201);
});

test("gateway pipelining - the time of a call that waits begins when it starts", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { proxyTimeout: 500 },
  });
  await using client = await gateway.connect();
  await client.send(put("hangs") + put("answered"));
  equal((await client.response()).status, 504);
  await (await target.call(2)).respond(200);
  equal((await client.response()).status, 200);
});

test("gateway pipelining - calls that wait are still answered when the process is told to stop", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  await using client = await gateway.connect();
  await client.send(put("1") + put("2") + put("3"));
  const first = await target.call(1);
  const drained = gateway.drain(30_000);
  target.answering = answersOk;
  await answersOk(first);
  const answers = [await client.response(), await client.response(), await client.response()];
  deepEqual(
    answers.map((answer) => [answer.status, answer.header("Connection")]),
    [
      [200, "keep-alive"],
      [200, "keep-alive"],
      [200, "close"],
    ],
  );
  await client.closed;
  await drained;
});

test("gateway pipelining - a caller whose next head is not read for now is not blamed for it", async () => {
  await using target = await startTarget(async () => {});
  await using gateway = await startGateway({
    applications: [shop(target.url)],
    options: { requestTimeout: 500 },
  });
  await using client = await gateway.connect();
  await client.send(put("1").repeat(30) + "GET /shop/orders-api/31 HTTP/1.1\r\nX-");
  const first = await target.call(1);
  await using slow = await gateway.connect();
  await slow.send("GET /shop/orders-api/slow HTTP/1.1\r\nX-");
  equal((await slow.response()).status, 408);
  await client.send("Rest: 1\r\nHost: g\r\n\r\n");
  target.answering = answersOk;
  await answersOk(first);
  for (let call = 0; call < 31; call++) equal((await client.response()).status, 200);
});
