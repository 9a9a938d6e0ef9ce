import { equal, ok } from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { api, application, service, shop } from "../doubles/applications.ts";
import { EndedTunnels } from "../doubles/ended-tunnels.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway, type Gateway, type GatewayStart } from "../doubles/gateway.ts";
import { openUpgrade, type UpgradeCaller } from "../doubles/upgrade-caller.ts";
import {
  accepts,
  echoes,
  UpgradeTarget,
  waits,
  type UpgradeRequest,
  type Upgrading,
} from "../doubles/upgrade-target.ts";

interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly target: UpgradeTarget;
  readonly tunnels: EndedTunnels;
  /** An open tunnel: the caller, and what the target holds of it. */
  open(): Promise<[UpgradeCaller, UpgradeRequest["socket"]]>;
}

async function startScene(upgrading?: Upgrading, options: GatewayStart["options"] = {}): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const target = stack.use(await UpgradeTarget.start(upgrading));
  const gateway = stack.use(await startGateway({ applications: [shop(target.url)], options }));
  const tunnels = stack.use(new EndedTunnels());
  return {
    gateway,
    target,
    tunnels,
    async open() {
      const caller = stack.use(await openUpgrade(gateway.port));
      equal(await caller.status(), 101);
      return [caller, (target.upgrades.at(-1) as UpgradeRequest).socket];
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Frames that say what is not so (RFC 6455 §5.2). */
const LIES: Readonly<Record<string, Buffer>> = {
  "a frame that says that it has 2^63 bytes": Buffer.from("82ffffffffffffffffff00000000", "hex"),
  "a frame with reserved bits and an unknown kind": Buffer.from("ff8500000000", "hex"),
  "an unmasked frame of a caller": Buffer.from("810568656c6c6f", "hex"),
  "a control frame in fragments that is too long": Buffer.concat([
    Buffer.from("097e1000", "hex"),
    randomBytes(64),
  ]),
  "half a frame": Buffer.from("81", "hex"),
  "a request": Buffer.from("GET /shop/orders-api/smuggled HTTP/1.1\r\nHost: g\r\n\r\n"),
  "an answer": Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  "a megabyte of noise": randomBytes(1024 * 1024),
};
for (const [what, bytes] of Object.entries(LIES)) {
  test(`gateway tunnel - ${what} passes both ways as it is, and concerns no other tunnel and no call`, async () => {
    await using scene = await startScene();
    const [honest] = await scene.open();
    const [lying] = await scene.open();
    lying.push(bytes);
    equal(hash(await lying.took(bytes.length)), hash(bytes));
    await honest.send("still here");
    equal((await honest.took(10)).toString(), "still here");
    equal((await scene.gateway.call("GET", "/shop/orders-api/x")).status, 200);
    equal(scene.target.requests.length, 1);
    equal(scene.tunnels.all.length, 0);
  });
}

/** More than the buffers of both systems and the gateway hold. */
const FLOOD = 64 * 1024 * 1024;

test("gateway tunnel - a target that does not read holds the caller back, and gets everything once it does", async () => {
  await using scene = await startScene(accepts);
  const [caller, socket] = await scene.open();
  const piece = randomBytes(1024 * 1024);
  for (let sent = 0; sent < FLOOD; sent += piece.length) caller.push(piece);
  await holds(() => caller.waiting);
  ok(caller.waiting > FLOOD / 4, `${caller.waiting} bytes wait at the caller`);
  const received = createHash("sha256");
  let length = 0;
  socket.on("data", (chunk: Buffer) => {
    received.update(chunk);
    length += chunk.length;
  });
  await eventually(() => equal(length, FLOOD), { timeout: 60_000 });
  const expected = createHash("sha256");
  for (let sent = 0; sent < FLOOD; sent += piece.length) expected.update(piece);
  equal(received.digest("hex"), expected.digest("hex"));
});

test("gateway tunnel - a caller that does not read holds the target back, and gets everything once it does", async () => {
  await using scene = await startScene(accepts);
  const [caller, socket] = await scene.open();
  caller.pause();
  const piece = randomBytes(1024 * 1024);
  for (let sent = 0; sent < FLOOD; sent += piece.length) socket.write(piece);
  await holds(() => socket.writableLength);
  ok(socket.writableLength > FLOOD / 4, `${socket.writableLength} bytes wait at the target`);
  ok(caller.size < FLOOD / 2);
  caller.resume();
  await eventually(() => equal(socket.writableLength, 0), { timeout: 60_000 });
  socket.end("the end");
  await caller.ended();
  equal(caller.size, FLOOD + 7);
});

/** Resolves once nothing has changed for several looks. */
async function holds(look: () => number): Promise<void> {
  let known = Number.NaN;
  let same = 0;
  await eventually(
    () => {
      same = look() === known ? same + 1 : 0;
      known = look();
      ok(same >= 20);
    },
    { timeout: 60_000, interval: 25 },
  );
}

test("gateway tunnel - either side may end while the other one still speaks", async () => {
  await using scene = await startScene(accepts);
  const [caller, socket] = await scene.open();
  await caller.send("last words");
  const told = once(socket, "end");
  caller.end();
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  await told;
  equal(heard, "last words");
  socket.write("answer ");
  await caller.took(7);
  socket.end("and end");
  await caller.ended();
  equal(caller.bytes.toString(), "answer and end");
  equal((await scene.tunnels.next()).reason, "caller");

  const [second, other] = await scene.open();
  other.end("nothing more");
  await second.ended();
  await second.send("heard");
  const [bytes] = (await once(other, "data")) as [Buffer];
  equal(bytes.toString(), "heard");
  second.end();
  await second.closed;
  equal((await scene.tunnels.next()).reason, "target");
  await eventually(() => equal(scene.target.connections, 0));
});

test("gateway tunnel - a caller that breaks off ends the target's connection", async () => {
  await using scene = await startScene(echoes);
  const [caller] = await scene.open();
  caller.reset();
  equal((await scene.tunnels.next()).reason, "caller");
  await eventually(() => equal(scene.target.connections, 0));
  await eventually(() => equal(scene.gateway.connections, 0));
});

test("gateway tunnel - a target that breaks off ends the caller's connection, and the next call succeeds", async () => {
  await using scene = await startScene(accepts);
  const [caller, socket] = await scene.open();
  socket.resetAndDestroy();
  await caller.ended();
  equal((await scene.tunnels.next()).reason, "target");
  caller.end();
  await eventually(() => equal(scene.gateway.connections, 0));
  equal((await scene.gateway.call("GET", "/shop/orders-api/x")).status, 200);
});

test("gateway tunnel - one that carries nothing for too long is ended", async () => {
  await using scene = await startScene(echoes, { tunnelIdleTimeout: 100 });
  const [caller] = await scene.open();
  await caller.ended();
  equal((await scene.tunnels.next()).reason, "idle");
  await eventually(() => equal(scene.target.connections, 0));
});

test("gateway tunnel - one whose end nobody takes is cut", async () => {
  await using scene = await startScene(accepts, { tunnelIdleTimeout: 500 });
  const [caller, socket] = await scene.open();
  caller.pause();
  for (let sent = 0; sent < FLOOD; sent += 1024 * 1024) socket.write(Buffer.alloc(1024 * 1024));
  equal((await scene.tunnels.next()).reason, "idle");
});

test("gateway tunnel - there are no more than gateway.maxTunnels, those that wait for their target among them", async () => {
  let admit = () => {};
  const upgrading: Upgrading = (upgrade, number) => {
    if (number === 2) admit = () => accepts(upgrade, number);
    else accepts(upgrade, number);
  };
  await using scene = await startScene(upgrading, { maxTunnels: 2 });
  const { gateway, target } = scene;
  const [first] = await scene.open();
  await using second = await openUpgrade(gateway.port);
  await target.upgrade(2);
  await using refused = await openUpgrade(gateway.port, { early: "unread" });
  equal(await refused.status(), 503);
  ok((await refused.head()).includes("X-Gateway-Error: limit"));
  ok((await refused.head()).includes("Retry-After: 1"));
  await refused.ended();
  admit();
  equal(await second.status(), 101);
  first.end();
  (target.upgrades[0] as UpgradeRequest).socket.end();
  await first.closed;
  await scene.tunnels.next();
  await eventually(() => equal(gateway.connections, 1));
  await scene.open();
});

const CHANGES: Readonly<Record<string, (gateway: Gateway, target: UpgradeTarget) => void>> = {
  "its Application is removed": (gateway) => gateway.remove("shop"),
  "its API is removed": (gateway) => gateway.apply(application("shop", [])),
  "its target is changed": (gateway, { url }) => gateway.apply(shop(`${url}/elsewhere`)),
  "its Secret is changed": (gateway) => gateway.applySecret("basic", { username: "user", password: "new" }),
};
for (const [what, change] of Object.entries(CHANGES)) {
  test(`gateway tunnel - when ${what}, it is ended, and no other`, async () => {
    await using target = await UpgradeTarget.start();
    using tunnels = new EndedTunnels();
    const other = application("other", [service("Orders API", [api(target.url)])]);
    await using gateway = await startGateway({
      applications: [shop(target.url, { credentials: { type: "Basic", secretName: "basic" } }), other],
      secrets: { basic: { username: "user", password: "pass" } },
    });
    await using caller = await openUpgrade(gateway.port);
    await using staying = await openUpgrade(gateway.port, { path: "/other/orders-api/live" });
    equal(await caller.status(), 101);
    equal(await staying.status(), 101);
    change(gateway, target);
    await caller.ended();
    const { reason, call } = await tunnels.next();
    equal(reason, "changed");
    equal(call.application, "shop");
    await staying.send("staying");
    equal((await staying.took(7)).toString(), "staying");
    equal(tunnels.all.length, 1);
  });
}

test("gateway tunnel - a process that is leaving ends those that are quiet, and does not wait for its grace", async () => {
  await using scene = await startScene();
  const [caller] = await scene.open();
  const drained = scene.gateway.drain(600_000);
  await caller.send("still served");
  equal((await caller.took(12)).toString(), "still served");
  await caller.ended();
  caller.end();
  await drained;
  equal((await scene.tunnels.next()).reason, "drained");
  await eventually(() => equal(scene.target.connections, 0));
});

test("gateway tunnel - one that is not quiet is cut at the end of the grace", async () => {
  const talks: Upgrading = (upgrade, number) => {
    accepts(upgrade, number);
    const { socket } = upgrade;
    const timer = setInterval(() => socket.write("on and on"), 20);
    socket
      .on("close", () => clearInterval(timer))
      .on("end", () => socket.end())
      .resume();
  };
  await using scene = await startScene(talks);
  const [caller] = await scene.open();
  await caller.took(9);
  await scene.gateway.drain(1500);
  await caller.ended();
  equal((await scene.tunnels.next()).reason, "drained");
  await eventually(() => equal(scene.target.connections, 0));
});

for (const leave of ["end", "reset"] as const) {
  test(`gateway tunnel - a caller that goes (${leave}) before the protocol is switched leaves nothing behind`, async () => {
    await using scene = await startScene(waits);
    const caller = await openUpgrade(scene.gateway.port);
    await scene.target.upgrade(1);
    caller[leave]();
    await caller.closed;
    await eventually(() => equal(scene.target.connections, 0));
    await scene.gateway.inFlight(0);
    equal(scene.gateway.connections, 0);
    equal(scene.tunnels.all.length, 0);
  });
}
