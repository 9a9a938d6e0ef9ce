import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import type { Authorisation, CredentialProvider } from "../../../src/credentials/provider.ts";
import { ExchangedTokens } from "../../../src/credentials/exchanged-tokens.ts";
import { ExchangedToken } from "../../../src/credentials/exchanged-token.ts";
import { remainingLife, subjectTokenOf } from "../../../src/credentials/subject-token.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { openCredentials } from "../../doubles/credentials.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { startTarget, type Target } from "../../doubles/target.ts";
import { answersExchanges } from "../../doubles/token-exchange.ts";

const never = new AbortController().signal;
const secret = {
  clientId: "c",
  clientSecret: "s",
  grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
};

const certificate = await (await TestAuthority.create()).client("client-7");

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function entry(tokens: Target) {
  return { type: "OAuth", secretName: "s", authenticationUrl: `${tokens.url}/token` };
}

async function fetched(provider: CredentialProvider, token: string): Promise<Authorisation> {
  const outcome = await provider.fetch(never, { caller: bearer(token) });
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  return outcome;
}

async function failureOf(provider: CredentialProvider, authorization: string | undefined) {
  const outcome = await provider.fetch(never, { caller: { authorization } });
  assert.ok(isCredentialFailure(outcome));
  return [outcome.code, credentialFailureText(outcome)];
}

/** As an identity provider would issue it, but for the signature, which is not ours to look at. */
function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2ln`;
}

test("token exchange - the request is that of RFC 8693, with the client's proof and the caller's token", async () => {
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), { ...secret, audience: "orders", scope: "read" });
  assert.equal((await fetched(provider, "a.b+/~_-c=")).header, "Bearer for-a_b____-c_");
  assert.equal(tokens.last.header("Authorization"), `Basic ${Buffer.from("c:s").toString("base64")}`);
  assert.equal(
    await tokens.last.text(),
    "client_id=c&client_secret=s" +
      "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange" +
      "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token" +
      "&scope=read&audience=orders&subject_token=a.b%2B%2F~_-c%3D",
  );
  const typed = { subjectTokenType: "urn:x:jwt", requestedTokenType: "urn:x:saml" };
  await fetched(opened.compile(entry(tokens), { ...secret, ...typed }).provider, "t");
  const form = new URLSearchParams(await tokens.last.text());
  assert.deepEqual(
    [form.get("subject_token_type"), form.get("requested_token_type")],
    ["urn:x:jwt", "urn:x:saml"],
  );
});

test("token exchange - a thousand calls of three callers at once are three requests, and each has its own token", async () => {
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), secret);
  const callers = Array.from({ length: 1000 }, (_, call) => `caller-${call % 3}`);
  const given = await Promise.all(callers.map((caller) => fetched(provider, caller)));
  for (const [call, { header }] of given.entries()) assert.equal(header, `Bearer for-${callers[call]}`);
  assert.equal(tokens.calls.length, 3);
  for (const caller of callers) {
    assert.equal(provider.current(bearer(caller))?.header, `Bearer for-${caller}`);
  }
  assert.equal(provider.current(bearer("caller-3")), undefined);
  assert.equal(provider.current(), undefined);
});

test("token exchange - callers of another credential share nothing, those of the same one do", async () => {
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), secret);
  const same = opened.compile(entry(tokens), secret, { service: "other" }).provider;
  const other = opened.compile(entry(tokens), { ...secret, scope: "more" }).provider;
  await fetched(provider, "a");
  assert.ok(same.current(bearer("a")));
  assert.equal(other.current(bearer("a")), undefined);
});

test("token exchange - a caller without a token of its own is told, and nobody is asked", async () => {
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), secret);
  for (const authorization of [
    undefined,
    "",
    "Basic dTpw",
    "Bearer",
    "Bearer a b",
    "Bearer a\u00e9",
    "Bearera",
  ]) {
    // eslint-disable-next-line no-await-in-loop -- quick cases
    assert.deepEqual(await failureOf(provider, authorization), [
      "CREDENTIALS_SUBJECT_TOKEN_MISSING",
      "the API is called with the caller's own token, and there is none in 'Authorization: Bearer'",
    ]);
  }
  assert.equal(tokens.calls.length, 0);
});

test("token exchange - a caller's token that is refused is the caller's matter, and is not in the text", async () => {
  await using tokens = await startTarget(answersExchanges((subject) => subject !== "stolen"));
  await using opened = await openCredentials();
  for (const type of ["OAuth", "OAuthWithCert"] as const) {
    const values = type === "OAuth" ? secret : { ...secret, ...certificate };
    const { provider } = opened.compile({ ...entry(tokens), type }, values);
    // eslint-disable-next-line no-await-in-loop -- two quick cases
    assert.deepEqual(await failureOf(provider, "Bearer stolen"), [
      "CREDENTIALS_SUBJECT_TOKEN_REFUSED",
      "the identity provider does not exchange the caller's token: invalid_request",
    ]);
    assert.equal(provider.current(bearer("stolen")), undefined);
  }
});

test("token exchange - a client that is refused, and what is no answer, are failures of the token", async () => {
  await using tokens = await startTarget((call) => call.respond(401, {}, '{"error":"invalid_client"}'));
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), secret);
  const refused = [
    "CREDENTIALS_TOKEN_REFUSED",
    `incorrect response code '401' while getting token from ${tokens.url}/token`,
  ];
  assert.deepEqual(await failureOf(provider, "Bearer a"), refused);
  tokens.answering = (call) => call.respond(401, {}, "<html>");
  assert.deepEqual(await failureOf(provider, "Bearer a"), refused);
  tokens.answering = (call) => call.respond(500, {}, '{"error":"invalid_request"}');
  assert.equal((await failureOf(provider, "Bearer a"))[0], "CREDENTIALS_TOKEN_REFUSED");
});

test("token exchange - what came of it lives as long as it says, but never longer than the caller's token", async () => {
  const clock = new FakeClock();
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials({ clock });
  const { provider } = opened.compile(entry(tokens), secret);
  const seconds = Math.floor(clock.now() / 1000);
  const short = jwt({ exp: seconds + 60 });
  const long = jwt({ exp: seconds + 6000 });
  const over = jwt({ exp: seconds - 1 });
  for (const token of [short, long, over, "opaque"]) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await fetched(provider, token);
  }
  const kept = () =>
    [short, long, over, "opaque"].map((token) => provider.current(bearer(token)) !== undefined);
  assert.deepEqual(kept(), [true, true, false, true]);
  await clock.advance(57_000);
  assert.deepEqual(kept(), [true, true, false, true]);
  await clock.advance(3000);
  assert.deepEqual(kept(), [false, true, false, true]);
  await clock.advance(240_000);
  assert.deepEqual(kept(), [false, false, false, false]);
  assert.equal(clock.timers, 0);
});

test("token exchange - a token that the target refuses is asked for once more, whoever was refused with it", async () => {
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), secret);
  const used = await fetched(provider, "a");
  const other = await fetched(provider, "b");
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      provider.invalidate(used);
      return provider.current(bearer("a")) ?? (await fetched(provider, "a"));
    }),
  );
  assert.equal(tokens.calls.length, 3);
  assert.equal(provider.current(bearer("b")), other);
  provider.invalidate(used);
  assert.ok(provider.current(bearer("a")), "a newer one is not taken away by a late refusal of the former");
});

test("token exchange - a refused token is current again where no other can be had, until it ends", async () => {
  const clock = new FakeClock();
  let up = true;
  const answers = answersExchanges();
  await using tokens = await startTarget((call) => (up ? answers(call) : call.respond(503, {}, "")));
  await using opened = await openCredentials({ clock });
  const { provider } = opened.compile(entry(tokens), secret);
  const used = await fetched(provider, "a");
  up = false;
  provider.invalidate(used);
  assert.equal(provider.current(bearer("a")), undefined);
  assert.equal((await failureOf(provider, "Bearer a"))[0], "CREDENTIALS_TOKEN_REFUSED");
  assert.equal(provider.current(bearer("a")), used);
  provider.invalidate(used);
  const accepting = { caller: bearer("a"), acceptsDoubted: true };
  assert.equal(await provider.fetch(never, accepting), used);
  up = true;
  provider.invalidate(used);
  assert.notEqual(await fetched(provider, "a"), used);
  up = false;
  const newer = await fetched(provider, "a");
  provider.invalidate(newer);
  await clock.advance(300_000);
  assert.equal((await failureOf(provider, "Bearer a"))[0], "CREDENTIALS_TOKEN_REFUSED");
  assert.equal(provider.current(bearer("a")), undefined);
  assert.equal(clock.timers, 0);
});

test("token exchange - with the last holder of the credential nothing is kept, and nothing more is asked for", async () => {
  const clock = new FakeClock();
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials({ clock });
  const { provider } = opened.compile(entry(tokens), secret);
  await fetched(provider, "a");
  provider.release();
  assert.equal(provider.current(bearer("a")), undefined);
  assert.equal(clock.timers, 0);
  assert.equal((await failureOf(provider, "Bearer a"))[0], "CREDENTIALS_TOKEN_WITHDRAWN");
  assert.equal(tokens.calls.length, 1);
});

test("token exchange - of too many callers the one not seen for longest is forgotten", async () => {
  using all = new ExchangedTokens({ clock: new FakeClock(), timeout: 1000 }, 3);
  all.hold("credential");
  const callers = () => all.slot("credential");
  const fetch = (key: string) =>
    callers()
      .slot(key)
      .fetch(() => Promise.resolve(new ExchangedToken(key, key, 60_000)), never);
  for (const key of ["a", "b", "c"]) {
    // eslint-disable-next-line no-await-in-loop -- in this order
    await fetch(key);
  }
  assert.ok(callers().find("a")?.current());
  await fetch("d");
  const kept = ["a", "b", "c", "d"].filter((key) => callers().find(key)?.current());
  assert.deepEqual(kept, ["a", "c", "d"]);
  assert.equal(callers().size, 3);
  all.release("credential");
  assert.equal(all.size, 0);
});

test("token exchange - neither the caller's token nor the new one is shown by anything", async () => {
  const canary = "c4n4ry";
  await using tokens = await startTarget(answersExchanges());
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(tokens), secret);
  const given = await fetched(provider, canary);
  const shown = inspect([provider, given, opened.credentials], { depth: 20, showHidden: true });
  assert.ok(!shown.includes(canary), shown);
  assert.ok(!JSON.stringify(given).includes(canary));
});

test("subject token - it is what stands behind Bearer, in whatever case", () => {
  assert.equal(subjectTokenOf("bearer  abc.def-_~+/== "), "abc.def-_~+/==");
  for (const none of [undefined, "", "Bearer", "Bearer ", "Basic abc", "Bearer a,b", "Bearer a\tb"]) {
    assert.equal(subjectTokenOf(none), undefined);
  }
});

test("subject token - only a JSON Web Token says when it ends, and nonsense says nothing", () => {
  assert.equal(remainingLife(jwt({ exp: 100 }), 40_000), 60_000);
  assert.equal(remainingLife(jwt({ exp: 1 }), 40_000), -39_000);
  for (const token of [
    "",
    "a.b.c",
    "a.b",
    "opaque",
    jwt({}),
    jwt({ exp: "100" }),
    jwt([1]),
    `${jwt({ exp: 1 })}.x.y`,
  ]) {
    assert.equal(remainingLife(token, 0), undefined);
  }
});
