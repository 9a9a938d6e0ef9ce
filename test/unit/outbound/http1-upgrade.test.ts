import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import type { FlatHeaders } from "../../../src/http/flat-headers.ts";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { eventually } from "../../doubles/eventually.ts";
import { startProxy } from "../../doubles/proxy.ts";
import { openPool } from "../../doubles/http1-pool.ts";
import { startTarget } from "../../doubles/target.ts";
import { switching, UpgradeTarget, waits } from "../../doubles/upgrade-target.ts";

interface Switched {
  readonly headers: FlatHeaders;
  readonly connection: Socket;
}

/** An offer of `test/1`, and what comes of it. */
function anOffer() {
  const { promise, resolve } = Promise.withResolvers<Switched>();
  const offer = {
    protocol: "test/1",
    switched: (headers: FlatHeaders, connection: Socket) => resolve({ headers, connection }),
  };
  return { switched: promise, offer };
}

test("http1 upgrade - the connection of a switch is handed over with what came behind it, and both ways stay open", async () => {
  await using target = await UpgradeTarget.start((upgrade) => {
    upgrade.socket.write(`${switching(upgrade)}first`, "latin1");
    upgrade.socket.end(" and last");
  });
  using pool = openPool(target.url);
  const { switched, offer } = anOffer();
  const recorder = AnswerRecorder.send(pool, { upgrade: offer });
  const { headers, connection } = await switched;
  assert.ok(headers.includes("test/1"));
  assert.equal(connection.isPaused(), true);
  assert.deepEqual(recorder.events, []);
  let heard = "";
  connection.on("data", (chunk: Buffer) => (heard += chunk.toString())).resume();
  await once(connection, "end");
  assert.equal(heard, "first and last");
  const { socket } = await target.upgrade(1);
  const read = once(socket, "data") as Promise<[Buffer]>;
  connection.write("still sent");
  assert.equal((await read)[0].toString(), "still sent");
  assert.equal(pool.empty, false);
  connection.end();
  await once(connection, "close");
  assert.equal(pool.empty, true);
});

test("http1 upgrade - it goes over a connection of its own, which serves nothing else, whatever the answer", async () => {
  await using target = await startTarget();
  using pool = openPool(target.url);
  await AnswerRecorder.send(pool).over;
  const { offer } = anOffer();
  const refused = await AnswerRecorder.send(pool, { upgrade: offer }).over;
  assert.equal(refused.status, 200);
  assert.equal(target.last.header("Connection"), "Upgrade");
  assert.equal(target.last.header("Upgrade"), "test/1");
  await target.last.closed;
  await AnswerRecorder.send(pool).over;
  assert.deepEqual(
    target.calls.map(({ connection }) => connection),
    [1, 2, 1],
  );
});

test("http1 upgrade - a pool that is closed cuts what it has handed over", async () => {
  await using target = await UpgradeTarget.start();
  using pool = openPool(target.url);
  const { switched, offer } = anOffer();
  AnswerRecorder.send(pool, { upgrade: offer });
  const { connection } = await switched;
  pool.close();
  await eventually(() => assert.equal(connection.closed, true));
  await eventually(() => assert.equal(target.connections, 0));
});

test("http1 upgrade - a proxy is asked for a tunnel without TLS too, and its credentials stay with it", async () => {
  await using target = await UpgradeTarget.start();
  await using proxy = await startProxy(target.port);
  using pool = openPool("http://target.test:81", { proxy: proxy.url });
  const { switched, offer } = anOffer();
  AnswerRecorder.send(pool, { path: "/live", headers: ["Host", "target.test:81"], upgrade: offer });
  const { connection } = await switched;
  assert.match(proxy.asked[0] ?? "", /^CONNECT target\.test:81 HTTP\/1\.1\r\n/);
  const { request } = await target.upgrade(1);
  assert.equal(request.url, "/live");
  assert.equal(request.headers["proxy-authorization"], undefined);
  const echo = once(connection.resume(), "data") as Promise<[Buffer]>;
  connection.write("echo");
  assert.equal((await echo)[0].toString(), "echo");
});

test("http1 upgrade - one that is given up hears nothing, and its connection ends", async () => {
  await using target = await UpgradeTarget.start(waits);
  using pool = openPool(target.url);
  let isSwitched = false;
  const offer = { protocol: "test/1", switched: () => void (isSwitched = true) };
  const recorder = AnswerRecorder.send(pool, { upgrade: offer });
  const upgrade = await target.upgrade(1);
  recorder.abort();
  upgrade.socket.write(switching(upgrade), "latin1");
  await eventually(() => assert.equal(target.connections, 0));
  assert.equal(isSwitched, false);
  assert.deepEqual(recorder.events, []);
});

const UNSENDABLE = {
  "with a body": { upgrade: { ...anOffer().offer }, body: Buffer.from("x"), method: "POST" },
  "to two protocols": { upgrade: { ...anOffer().offer, protocol: "a, b" } },
  "with a line break": { upgrade: { ...anOffer().offer, protocol: "a\r\nX: y" } },
} as const;
for (const [what, request] of Object.entries(UNSENDABLE)) {
  test(`http1 upgrade - one ${what} is not sent`, async () => {
    await using target = await startTarget();
    using pool = openPool(target.url);
    const { error } = await AnswerRecorder.send(pool, request).over;
    assert.equal(error?.code, "UNSENDABLE_REQUEST");
    assert.equal(target.accepted, 0);
  });
}
