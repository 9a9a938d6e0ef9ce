import assert from "node:assert/strict";
import { test } from "node:test";
import { CsrfCache } from "../../../src/credentials/csrf-cache.ts";
import { ReceivedCsrfToken } from "../../../src/credentials/csrf-token.ts";
import { isCredentialFailure } from "../../../src/credentials/failures.ts";
import { TokenCache } from "../../../src/credentials/token-cache.ts";
import { TokenProvider } from "../../../src/credentials/token-provider.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { SimulatedTokens, succeeded } from "../../doubles/simulated-tokens.ts";

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const never = new AbortController().signal;

function openTokens() {
  const clock = new FakeClock();
  const source = new SimulatedTokens(clock);
  const tokens = new TokenCache({ clock, timeout: 10 * SECOND, random: () => 0.5 });
  /** As each compilation makes its own; the same fingerprint is the same credential. */
  const provider = (fingerprint = "key") =>
    new TokenProvider({ secretName: "s", tls: tlsIdentity(true), fingerprint, source, tokens });
  const fetched = async (asked: TokenProvider) => {
    const outcome = asked.fetch(never);
    await clock.advance(SECOND);
    return outcome;
  };
  return { clock, source, tokens, provider, fetched, [Symbol.dispose]: () => tokens.close() };
}

test("withdrawal - with its last holder a token ends at once, and nobody asks for it again", async () => {
  using scene = openTokens();
  const { clock, source, tokens, fetched } = scene;
  const [one, other] = [scene.provider(), scene.provider()];
  one.hold();
  other.hold();
  assert.ok(succeeded(await fetched(one)));
  one.release();
  assert.ok(other.current(), "the other still has it");
  await clock.advance(60 * SECOND);
  const before = source.requests.length;
  assert.ok(before > 1, "and it is renewed");
  other.release();
  assert.equal(other.current(), undefined);
  assert.deepEqual([tokens.size, tokens.keys, clock.timers], [0, 0, 0]);
  await clock.advance(DAY);
  assert.equal(source.requests.length, before);
});

test("withdrawal - a compilation that keeps the credential keeps its token and its schedule", async () => {
  const requests = async (recompiles: boolean) => {
    using scene = openTokens();
    let provider = scene.provider();
    provider.hold();
    const first = await scene.fetched(provider);
    for (let second = 0; second < 100; second++) {
      const old = provider;
      assert.ok(provider.current());
      if (recompiles) {
        provider = scene.provider();
        provider.hold();
        old.release();
        if (second < 20) assert.equal(provider.current(), first);
      }
      // eslint-disable-next-line no-await-in-loop
      await scene.clock.advance(SECOND);
    }
    return scene.source.requests;
  };
  assert.deepEqual(await requests(true), await requests(false));
});

test("withdrawal - what is under way still serves those who wait, and is not kept", async () => {
  using scene = openTokens();
  const provider = scene.provider();
  provider.hold();
  const waiting = [provider.fetch(never), provider.fetch(never)];
  await scene.clock.advance(50);
  provider.release();
  await scene.clock.advance(SECOND);
  for (const outcome of await Promise.all(waiting)) assert.ok(succeeded(outcome));
  assert.equal(provider.current(), undefined);
  assert.deepEqual([scene.tokens.size, scene.clock.timers, scene.source.requests.length], [0, 0, 1]);
});

for (const latency of [2 * SECOND, DAY]) {
  const end = latency === DAY ? "fails" : "succeeds";
  test(`withdrawal - a renewal that is under way and ${end} is the last one`, async () => {
    using scene = openTokens();
    const provider = scene.provider();
    provider.hold();
    await scene.fetched(provider);
    scene.source.latency = latency;
    await scene.clock.advance(30 * SECOND - SECOND);
    assert.equal(scene.source.requests.length, 2);
    provider.release();
    assert.equal(provider.current(), undefined);
    await scene.clock.advance(DAY);
    assert.deepEqual([scene.tokens.size, scene.clock.timers, scene.source.requests.length], [0, 0, 2]);
  });
}

test("withdrawal - a credential that comes back while it is asked for keeps what arrives", async () => {
  using scene = openTokens();
  const before = scene.provider();
  before.hold();
  const waiting = before.fetch(never);
  await scene.clock.advance(50);
  before.release();
  const after = scene.provider();
  after.hold();
  await scene.clock.advance(SECOND);
  assert.equal(after.current(), await waiting);
  assert.equal(scene.source.requests.length, 1);
});

test("withdrawal - a call from before it does not ask with what may have been revoked", async () => {
  using scene = openTokens();
  const provider = scene.provider();
  provider.hold();
  await scene.fetched(provider);
  provider.release();
  const outcome = await provider.fetch(never);
  assert.ok(isCredentialFailure(outcome));
  assert.equal(outcome.code, "CREDENTIALS_TOKEN_WITHDRAWN");
  assert.deepEqual([scene.tokens.size, scene.source.requests.length], [0, 1]);
});

test("withdrawal - ten thousand changes of a Secret leave what one leaves", async () => {
  using scene = openTokens();
  const { clock, source, tokens } = scene;
  source.latency = 0;
  let provider = scene.provider("secret-0");
  provider.hold();
  for (let change = 1; change <= 10_000; change++) {
    const fetched = provider.fetch(never);
    const next = scene.provider(`secret-${change}`);
    next.hold();
    // Half of them while their token is asked for.
    // eslint-disable-next-line no-await-in-loop
    if (change % 2 === 0) await clock.advance(1);
    provider.release();
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(1);
    // eslint-disable-next-line no-await-in-loop
    assert.ok(succeeded(await fetched));
    provider = next;
  }
  assert.deepEqual([tokens.size, tokens.keys, clock.timers], [0, 1, 0]);
  const before = source.requests.length;
  await clock.advance(DAY);
  assert.equal(source.requests.length, before);
});

function openCsrf() {
  const clock = new FakeClock();
  const tokens = new CsrfCache({ clock, timeout: 10 * SECOND });
  let requests = 0;
  const request = async (): Promise<ReceivedCsrfToken> => {
    requests++;
    const answered = Promise.withResolvers<void>();
    clock.after(100, answered.resolve);
    await answered.promise;
    return new ReceivedCsrfToken(`t${requests}`, [], undefined);
  };
  const fetch = () => tokens.slot("key").fetch(request, never);
  return { clock, tokens, fetch, requests: () => requests, [Symbol.dispose]: () => tokens.close() };
}

test("withdrawal - with its last holder a CSRF token ends at once", async () => {
  using scene = openCsrf();
  const { clock, tokens, fetch } = scene;
  tokens.hold("key");
  tokens.hold("key");
  const waiting = fetch();
  await clock.advance(SECOND);
  tokens.release("key");
  assert.equal(tokens.find("key")?.current(), await waiting);
  tokens.release("key");
  assert.deepEqual([tokens.find("key"), tokens.keys, clock.timers], [undefined, 0, 0]);
});

test("withdrawal - a CSRF token that is under way serves those who wait, and is kept only if it is held again", async () => {
  for (const returns of [true, false]) {
    using scene = openCsrf();
    const { clock, tokens, fetch } = scene;
    tokens.hold("key");
    const waiting = fetch();
    tokens.release("key");
    if (returns) tokens.hold("key");
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(SECOND);
    // eslint-disable-next-line no-await-in-loop
    const token = await waiting;
    assert.equal(tokens.find("key")?.current(), returns ? token : undefined);
    assert.equal(tokens.size, returns ? 1 : 0);
  }
});

test("withdrawal - calls from before it fetch a CSRF token together, and it is not kept", async () => {
  using scene = openCsrf();
  const { clock, tokens, fetch } = scene;
  const waiting = Array.from({ length: 1000 }, fetch);
  await clock.advance(SECOND);
  assert.equal(new Set(await Promise.all(waiting)).size, 1);
  assert.deepEqual([tokens.size, clock.timers, scene.requests()], [0, 0, 1]);
});
