import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { openUpgrade } from "../doubles/upgrade-caller.ts";
import { UpgradeTarget, waits, type Upgrading } from "../doubles/upgrade-target.ts";

const PATH = "/shop/orders-api/x";

async function startScene(upgrading?: Upgrading) {
  const stack = new AsyncDisposableStack();
  const target = stack.use(await UpgradeTarget.start(upgrading));
  const limits = { "appconn.dev/concurrency-limit": "1", "appconn.dev/circuit-breaker": "1/1h" };
  const gateway = stack.use(await startGateway({ applications: [annotated(shop(target.url), limits)] }));
  return { target, gateway, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test("gateway upgrade limits - a tunnel holds its place in the concurrency limit until it ends", async () => {
  await using scene = await startScene();
  const { gateway } = scene;
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 101);
  await gateway.inFlight(0);
  const refused = await gateway.call("GET", PATH);
  deepEqual([refused.status, refused.header("X-Gateway-Error")], [503, "limit"]);
  await using another = await openUpgrade(gateway.port);
  equal(await another.status(), 503);
  caller.end();
  await caller.ended();
  await eventually(async () => equal((await gateway.call("GET", PATH)).status, 200));
});

test("gateway upgrade limits - a place is given back when the caller or the target breaks off", async () => {
  for (const side of ["caller", "target"]) {
    await using scene = await startScene();
    const { gateway, target } = scene;
    const caller = await openUpgrade(gateway.port);
    equal(await caller.status(), 101);
    if (side === "caller") await caller[Symbol.asyncDispose]();
    else (await target.upgrade(1)).socket.resetAndDestroy();
    await eventually(async () => equal((await gateway.call("GET", PATH)).status, 200));
    await caller[Symbol.asyncDispose]();
  }
});

test("gateway upgrade limits - a place is given back when the caller goes before the protocol is switched", async () => {
  await using scene = await startScene(waits);
  const { gateway, target } = scene;
  const caller = await openUpgrade(gateway.port);
  await target.upgrade(1);
  await caller[Symbol.asyncDispose]();
  await eventually(async () => equal((await gateway.call("GET", PATH)).status, 200));
});

test("gateway upgrade limits - another protocol is a success for the circuit breaker, and how its tunnel ends is not asked", async () => {
  await using scene = await startScene();
  const { gateway, target } = scene;
  await using caller = await openUpgrade(gateway.port);
  equal(await caller.status(), 101);
  (await target.upgrade(1)).socket.resetAndDestroy();
  await eventually(async () => equal((await gateway.call("GET", PATH)).status, 200));
});
