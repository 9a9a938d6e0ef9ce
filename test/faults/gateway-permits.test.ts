import { equal } from "node:assert/strict";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersOk, startTarget } from "../doubles/target.ts";

const LIMIT = 30;

test("gateway permits - callers that go in every phase, refusals and targets that fail give all places back", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path === "/answers") await call.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    if (call.path === "/breaks") call.reset();
    if (call.path === "/fails") await call.respond(503);
    if (call.path === "/refuses") await call.respond(401);
  });
  const application = shop(target.url, { credentials: { type: "Basic", secretName: "basic" } });
  const annotations = {
    "appconn.dev/concurrency-limit": String(LIMIT),
    "appconn.dev/retry-attempts": "1",
    "appconn.dev/timeout": "2s",
  };
  await using gateway = await startGateway({
    applications: [annotated(application, annotations)],
    secrets: { basic: { username: "u", password: "p" } },
  });
  const phases = ["/answers", "/waits", "/uploads", "/breaks", "/fails", "/refuses", "/upgrade"];
  for (let round = 0; round < 4; round++) {
    const callers = Array.from({ length: LIMIT }, async (_, index) => {
      const path = phases[(index + round) % phases.length] ?? "";
      const client = await gateway.connect();
      const headers = path === "/uploads" ? ["Content-Length: 100000"] : [];
      if (path === "/upgrade") headers.push("Connection: Upgrade", "Upgrade: websocket");
      await client.request(path === "/uploads" ? "PUT" : "GET", `/shop/orders-api${path}`, { headers });
      if (path === "/uploads") await client.send("part");
      if (path === "/answers") await client.head();
      if (["/breaks", "/refuses"].includes(path)) await client.response();
      client.reset();
    });
    await Promise.all(callers);
    await gateway.inFlight(0);
  }
  // As many as may are let in at once, which they would not be if one place had been lost.
  target.answering = async () => {};
  const before = target.calls.length;
  const running = Array.from({ length: LIMIT }, () => gateway.call("GET", "/shop/orders-api/x"));
  await target.call(before + LIMIT);
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 503);
  target.answering = answersOk;
  for (const call of target.calls.slice(before)) await call.respond(200);
  for (const call of running) equal((await call).status, 200);
});
