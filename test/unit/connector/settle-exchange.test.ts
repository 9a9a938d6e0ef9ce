import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { test, type TestContext } from "node:test";
import {
  call,
  CERTIFICATES,
  connectorScene,
  newToken,
  shopRequest,
  textsIn,
  type ConnectorScene,
} from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import type { PairingRecords } from "../../../src/stores/pairing-records.ts";
import type { Store } from "../../../src/stores/store.ts";

const INFO = "/v1/applications/signingRequests/info";
const INVALID = '{"code":403,"error":"Invalid token."}\n';
const LEASE = 30_000;

const info = ({ external }: ConnectorScene, token: string) => call(external, `${INFO}?token=${token}`);
const sign = ({ external }: ConnectorScene, token: string) =>
  call(external, `${CERTIFICATES}?token=${token}`, { method: "POST", body: shopRequest() });
const nextIn = (text: string) => textsIn(text)["csrUrl"]?.split("token=")[1] ?? "";

type Wrapped = "addNextToken" | "consumeToken" | "releaseToken";

/** The store, whose one operation of pairing is done by the test. */
function wrapping<O extends Wrapped>(
  operation: O,
  wrap: (original: PairingRecords[O]) => PairingRecords[O],
): (store: Store) => Store {
  return (store) => {
    store.pairing[operation] = wrap(store.pairing[operation].bind(store.pairing) as PairingRecords[O]);
    return store;
  };
}

/** The server's sides of the connections on which information is asked for, in the order of the requests. */
function servedSockets(context: TestContext): Socket[] {
  const sockets: Socket[] = [];
  const note = (message: unknown) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket };
    if (request.url?.startsWith(INFO) === true) sockets.push(socket);
  };
  subscribe("http.server.request.start", note);
  context.after(() => unsubscribe("http.server.request.start", note));
  return sockets;
}

for (const [when, isSeen] of [
  ["and the server knows", true],
  ["and the server is about to know", false],
] as const) {
  test(`settle exchange - where the connection breaks before the answer, ${when}, the token is free at once and the next one gone`, async (context) => {
    const sockets = servedSockets(context);
    const added: string[] = [];
    const scene = await connectorScene(context, {
      store: wrapping("addNextToken", (add) => async (claim, next) => {
        await add(claim, next);
        added.push(next.hash);
        const [socket] = sockets;
        if (added.length > 1 || !socket) return;
        const closed = once(socket, "close");
        socket.destroy();
        if (isSeen) await closed;
      }),
    });
    const token = await newToken(scene);
    await assert.rejects(info(scene, token));
    const answer = await eventually(async () => {
      const again = await info(scene, token);
      assert.equal(again.status, 200);
      return again;
    });
    const claiming = { now: Date.now(), leaseMilliseconds: 1, purpose: "application" } as const;
    assert.equal(await scene.store.pairing.claimToken(added[0] ?? "", claiming), undefined);
    assert.equal((await sign(scene, nextIn(answer.text))).status, 201);
  });
}

test("settle exchange - while the connection is broken and the token not yet free, nobody else gets it", async (context) => {
  const sockets = servedSockets(context);
  const releasing = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let isBroken = false;
  const scene = await connectorScene(context, {
    store: (store) => {
      const breaking = wrapping("addNextToken", (add) => async (claim, next) => {
        await add(claim, next);
        if (!isBroken) sockets[0]?.destroy();
        isBroken = true;
      });
      const waiting = wrapping("releaseToken", (original) => async (claim) => {
        releasing.resolve();
        await release.promise;
        await original(claim);
      });
      return waiting(breaking(store));
    },
  });
  const token = await newToken(scene);
  await assert.rejects(info(scene, token));
  await releasing.promise;
  assert.equal((await info(scene, token)).text, INVALID);
  release.resolve();
  await eventually(async () => assert.equal((await info(scene, token)).status, 200));
});

test("settle exchange - between a delivered answer and its consumption the token is in use, then gone", async (context) => {
  const clock = new FakeClock();
  const gate = Promise.withResolvers<void>();
  const consumed: unknown[] = [];
  const scene = await connectorScene(context, {
    clock,
    store: wrapping("consumeToken", (consume) => async (claim) => {
      await gate.promise;
      await consume(claim);
      consumed.push(claim);
    }),
  });
  const token = await newToken(scene);
  assert.equal((await info(scene, token)).status, 200);
  assert.equal((await info(scene, token)).text, INVALID);
  gate.resolve();
  await eventually(() => assert.equal(consumed.length, 1));
  await clock.advance(LEASE);
  assert.equal((await info(scene, token)).text, INVALID);
});

test("settle exchange - a token that was never settled is free again when its lease is over", async (context) => {
  const clock = new FakeClock();
  let isFirst = true;
  const scene = await connectorScene(context, {
    clock,
    store: wrapping("consumeToken", (consume) => async (claim) => {
      if (!isFirst) return consume(claim);
      isFirst = false;
      throw new Error("the disk is full");
    }),
  });
  const token = await newToken(scene);
  assert.equal((await info(scene, token)).status, 200);
  await clock.advance(LEASE - 1);
  assert.equal((await info(scene, token)).text, INVALID);
  await clock.advance(1);
  assert.equal((await sign(scene, nextIn((await info(scene, token)).text))).status, 201);
});

test("settle exchange - who settles after the lease, when another took the token, leaves no second chain", async (context) => {
  const clock = new FakeClock();
  const gate = Promise.withResolvers<void>();
  const ended: string[] = [];
  const scene = await connectorScene(context, {
    clock,
    store: wrapping("consumeToken", (consume) => {
      let isFirst = true;
      return async (claim) => {
        const waits = isFirst;
        isFirst = false;
        if (waits) await gate.promise;
        await consume(claim).finally(() => ended.push(claim.token.hash));
      };
    }),
  });
  const token = await newToken(scene);
  const early = nextIn((await info(scene, token)).text);
  await clock.advance(LEASE);
  const late = nextIn((await info(scene, token)).text);
  gate.resolve();
  await eventually(() => assert.equal(ended.length, 3, "the first one twice, and the early next one"));
  assert.equal((await sign(scene, early)).text, INVALID);
  assert.equal((await sign(scene, late)).status, 201);
});

test("settle exchange - closing waits until what was answered is settled", async (context) => {
  const gate = Promise.withResolvers<void>();
  let isConsumed = false;
  const scene = await connectorScene(context, {
    store: wrapping("consumeToken", (consume) => async (claim) => {
      await gate.promise;
      await consume(claim);
      isConsumed = true;
    }),
  });
  assert.equal((await info(scene, await newToken(scene))).status, 200);
  const closed = scene.connector.close().then(() => assert.ok(isConsumed));
  gate.resolve();
  await closed;
});
