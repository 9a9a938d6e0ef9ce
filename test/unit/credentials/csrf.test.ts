import assert from "node:assert/strict";
import { test } from "node:test";
import { isCredentialFailure, credentialFailureText } from "../../../src/credentials/failures.ts";
import type { CompiledCredentials } from "../../../src/credentials/credentials.ts";
import type { CsrfProvider, CsrfToken } from "../../../src/credentials/provider.ts";
import { cacheLookedUp, tokenFetched, type TokenFetched } from "../../../src/telemetry/channels.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { openCredentials } from "../../doubles/credentials.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { startIdentityProvider, type Behaviour } from "../../doubles/identity-provider.ts";

const never = new AbortController().signal;
const secret = { username: "user", password: "hush" };

function entry(tokenEndpointURL: string) {
  return { type: "Basic", secretName: "orders-cred", csrfInfo: { tokenEndpointURL } };
}

function csrfOf({ csrf }: CompiledCredentials): CsrfProvider {
  assert.ok(csrf);
  return csrf;
}

/** Fetches as the gateway does, with the API's own credentials. */
async function tokenOf(compiled: CompiledCredentials): Promise<CsrfToken> {
  const authorisation = compiled.provider.current();
  assert.ok(authorisation);
  const outcome = await csrfOf(compiled).fetch(authorisation, never);
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  return outcome;
}

async function failureOf(compiled: CompiledCredentials) {
  const outcome = await csrfOf(compiled).fetch({}, never);
  assert.ok(isCredentialFailure(outcome), "has a token");
  return { text: credentialFailureText(outcome), step: outcome.step };
}

test("csrf - the request has the specified headers and the API's credentials, and no parameters", async () => {
  await using endpoint = await startIdentityProvider({ csrfCookies: ["a=1; Path=/", "b=2; HttpOnly"] });
  await using opened = await openCredentials();
  const compiled = opened.compile(entry(`${endpoint.csrfUrl}?sap-client=1`), secret);
  assert.equal(csrfOf(compiled).current(), undefined);
  const token = await tokenOf(compiled);
  assert.deepEqual([token.token, token.cookies], ["csrf-1", ["a=1", "b=2"]]);
  assert.equal(csrfOf(compiled).current(), token);
  assert.equal(
    endpoint.requests[0]?.raw,
    [
      "GET /csrf?sap-client=1 HTTP/1.1",
      `Host: ${new URL(endpoint.origin).host}`,
      `Authorization: Basic ${Buffer.from("user:hush").toString("base64")}`,
      "X-Csrf-Token: fetch",
      "Accept: */*",
      "Cache-Control: no-cache",
      "",
      "",
    ].join("\r\n"),
  );
});

test("csrf - an answer without a token gives the empty token, which is kept", async () => {
  await using endpoint = await startIdentityProvider({ behaviour: { status: 200 } });
  await using opened = await openCredentials();
  const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
  assert.deepEqual([(await tokenOf(compiled)).token, csrfOf(compiled).current()?.cookies], ["", []]);
});

test("csrf - a body without end is not waited for", async () => {
  await using endpoint = await startIdentityProvider({ behaviour: "endless" });
  await using opened = await openCredentials();
  assert.equal((await tokenOf(opened.compile(entry(endpoint.csrfUrl), secret))).token, "");
});

test("csrf - a client certificate is presented to the endpoint too", async () => {
  const authority = await TestAuthority.create();
  await using endpoint = await startIdentityProvider({
    tls: { ...(await authority.server()), clientAuthority: authority.crt },
  });
  await using opened = await openCredentials({ authority });
  const credentials = { ...entry(endpoint.csrfUrl), type: "CertificateGen" };
  const compiled = opened.compile(credentials, { ...(await authority.client("client-7")) });
  assert.equal((await tokenOf(compiled)).token, "csrf-1");
  assert.equal(endpoint.requests[0]?.clientCertificate, "client-7");
  assert.equal(endpoint.requests[0]?.head.header("authorization"), undefined);
  // A caller with a token of its own is not the API's certificate.
  assert.ok(isCredentialFailure(await csrfOf(compiled).fetchAlone({ header: "Bearer own" }, never)));
  assert.equal(endpoint.requests.length, 1);
});

test("csrf - a thousand callers cause one request", async () => {
  await using endpoint = await startIdentityProvider({ delay: 50 });
  await using opened = await openCredentials();
  const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
  const tokens = await Promise.all(Array.from({ length: 1000 }, () => tokenOf(compiled)));
  assert.equal(new Set(tokens).size, 1);
  assert.equal(endpoint.requests.length, 1);
});

test("csrf - a token is shared by nothing but the same entry with the same credential", async () => {
  await using endpoint = await startIdentityProvider();
  await using opened = await openCredentials();
  const { csrfUrl } = endpoint;
  await tokenOf(opened.compile(entry(csrfUrl), secret));
  assert.ok(csrfOf(opened.compile(entry(csrfUrl), secret)).current());
  const others = [
    opened.compile(entry(csrfUrl), secret, { application: "other" }),
    opened.compile(entry(csrfUrl), secret, { service: "other" }),
    opened.compile(entry(csrfUrl), secret, { entry: "other" }),
    opened.compile(entry(csrfUrl), secret, { application: "shopo", service: "rders" }),
    opened.compile(entry(csrfUrl), { ...secret, password: "other" }),
    opened.compile(entry(csrfUrl), secret, { tls: tlsIdentity(false) }),
    opened.compile(entry(endpoint.tokenUrl), secret),
  ];
  for (const other of others) assert.equal(csrfOf(other).current(), undefined);
});

test("csrf - a caller with an Access-Token fetches with that token, and shares with nobody", async () => {
  await using endpoint = await startIdentityProvider();
  await using opened = await openCredentials();
  const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
  const own = { header: "Bearer own" };
  const alone = await Promise.all([1, 2].map(() => csrfOf(compiled).fetchAlone(own, never)));
  const tokens = alone.map((outcome) => (isCredentialFailure(outcome) ? undefined : outcome.token));
  assert.deepEqual(new Set(tokens), new Set(["csrf-1", "csrf-2"]));
  assert.equal(csrfOf(compiled).current(), undefined);
  assert.equal(endpoint.requests.length, 2);
  for (const request of endpoint.requests) assert.equal(request.head.header("authorization"), "Bearer own");
});

test("csrf - a caller that goes away ends its own fetch, not one that is shared", async () => {
  await using endpoint = await startIdentityProvider({ behaviour: "hang" });
  await using opened = await openCredentials({ timeout: 30_000 });
  const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
  const leaving = new AbortController();
  const gone = new Error("the caller has gone");
  const alone = csrfOf(compiled).fetchAlone({}, leaving.signal);
  const shared = csrfOf(compiled).fetch({}, leaving.signal);
  const staying = csrfOf(compiled).fetch({}, never);
  leaving.abort(gone);
  await assert.rejects(alone, gone);
  await assert.rejects(shared, gone);
  opened.credentials.close();
  assert.ok(isCredentialFailure(await staying));
});

test("csrf - a refused token is fetched anew once for all calls that were refused", async () => {
  await using endpoint = await startIdentityProvider();
  await using opened = await openCredentials();
  const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
  const used = await tokenOf(compiled);
  const again = await Promise.all(
    Array.from({ length: 100 }, async () => {
      csrfOf(compiled).invalidate(used);
      return csrfOf(compiled).current() ?? tokenOf(compiled);
    }),
  );
  assert.deepEqual([...new Set(again.map(({ token }) => token))], ["csrf-2"]);
  csrfOf(compiled).invalidate(used);
  assert.equal(csrfOf(compiled).current()?.token, "csrf-2");
});

test("csrf - a token ends with the first of its cookies, without one after an hour that nobody uses it", async () => {
  const clock = new FakeClock();
  await using endpoint = await startIdentityProvider({
    csrfCookies: ["a=1; Max-Age=600", "b=2; Max-Age=60"],
  });
  await using lasting = await startIdentityProvider({ csrfCookies: ["a=1"] });
  await using opened = await openCredentials({ clock });
  const ending = opened.compile(entry(endpoint.csrfUrl), secret);
  const session = opened.compile(entry(lasting.csrfUrl), secret);
  await tokenOf(ending);
  await tokenOf(session);
  await clock.advance(57_999);
  assert.ok(csrfOf(ending).current());
  await clock.advance(1);
  assert.equal(csrfOf(ending).current(), undefined);
  for (let hour = 0; hour < 48; hour++) {
    assert.ok(csrfOf(session).current());
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(3_600_000);
  }
  await clock.advance(2 * 3_600_000);
  assert.equal(clock.timers, 0);
  assert.equal(csrfOf(session).current(), undefined);
});

const URL_HERE = "<url>";
for (const [name, behaviour, text] of [
  ["hangs", "hang", `failed to make a request to '${URL_HERE}': no answer within 100ms`],
  [
    "closes",
    "close",
    `failed to make a request to '${URL_HERE}': connection closed before the answer was complete`,
  ],
  ["answers 403", { status: 403 }, `incorrect response code '403' while getting token from ${URL_HERE}`],
  ["answers 204", { status: 204 }, `incorrect response code '204' while getting token from ${URL_HERE}`],
  [
    "redirects in a loop",
    "redirect-loop",
    `failed to make a request to '${URL_HERE}': stopped after 10 redirects`,
  ],
] as const satisfies readonly (readonly [string, Behaviour, string])[]) {
  test(`csrf - an endpoint that ${name} is a 502 with the specified text, and nothing is kept`, async () => {
    await using endpoint = await startIdentityProvider({ behaviour });
    await using opened = await openCredentials({ timeout: behaviour === "hang" ? 100 : 30_000 });
    const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
    assert.deepEqual(await failureOf(compiled), {
      text: text.replace(URL_HERE, endpoint.csrfUrl),
      step: "csrf",
    });
    endpoint.behave("healthy");
    assert.equal((await tokenOf(compiled)).token, "csrf-1");
  });
}

test("csrf - an endpoint that cannot be called is said when the configuration changes, and to every call", async () => {
  await using opened = await openCredentials();
  const malformed = opened.compile(entry("https://erp.example/%zz"), secret);
  const text = "failed to create token request: invalid URL escape";
  assert.deepEqual(await failureOf(malformed), { text, step: "config" });
  assert.deepEqual(malformed.warnings, [`${text} (service orders)`]);
  assert.ok(isCredentialFailure(await csrfOf(malformed).fetchAlone({}, never)));
  assert.equal(csrfOf(malformed).current(), undefined);
  assert.deepEqual(await failureOf(opened.compile(entry("erp.example/csrf"), secret)), {
    text: "failed to make a request to 'erp.example/csrf': no scheme or host",
    step: "csrf",
  });
});

test("csrf - redirects are followed within the origin with the credentials, elsewhere without", async () => {
  await using other = await startIdentityProvider();
  await using endpoint = await startIdentityProvider();
  await using opened = await openCredentials();
  const to = (location: string) => ({ status: 302, headers: { Location: location } });
  endpoint.behave(to("/moved"), "healthy", to(other.csrfUrl));
  const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
  const first = await tokenOf(compiled);
  assert.ok(endpoint.requests[1]?.head.header("authorization"));
  assert.equal(endpoint.requests[1]?.target, "/moved");
  csrfOf(compiled).invalidate(first);
  await tokenOf(compiled);
  const [elsewhere] = other.requests;
  assert.equal(elsewhere?.head.header("authorization"), undefined);
  assert.equal(elsewhere?.head.header("x-csrf-token"), "fetch");
});

for (const status of [401, 403]) {
  test(`csrf - a token that the endpoint answers ${status} to is ${status === 401 ? "" : "not "}renewed`, async () => {
    await using endpoint = await startIdentityProvider();
    await using opened = await openCredentials();
    const { provider, csrf } = opened.compile(
      { ...entry(endpoint.csrfUrl), type: "OAuth", authenticationUrl: endpoint.tokenUrl },
      { clientId: "id", clientSecret: "hush" },
    );
    assert.ok(csrf);
    const used = await provider.fetch(never);
    assert.ok(!isCredentialFailure(used));
    endpoint.behave({ status });
    assert.ok(isCredentialFailure(await csrf.fetch(used, never)));
    assert.equal(provider.current(), status === 401 ? undefined : used);
    await csrf.fetchAlone({ header: "Bearer of-the-caller" }, never);
    endpoint.behave("healthy");
    assert.equal((await provider.fetch(never)) === used, status === 403);
  });
}

test("csrf - look-ups and requests are told", async () => {
  await using endpoint = await startIdentityProvider();
  await using opened = await openCredentials();
  const lookedUp: boolean[] = [];
  const fetched: TokenFetched[] = [];
  const onLookUp = ({ cache, hit }: { cache: string; hit: boolean }) =>
    cache === "csrf" ? lookedUp.push(hit) : undefined;
  const onFetch = (payload: TokenFetched) => fetched.push(payload);
  cacheLookedUp.subscribe(onLookUp);
  tokenFetched.subscribe(onFetch);
  try {
    const compiled = opened.compile(entry(endpoint.csrfUrl), secret);
    csrfOf(compiled).current();
    await tokenOf(compiled);
    csrfOf(compiled).current();
  } finally {
    cacheLookedUp.unsubscribe(onLookUp);
    tokenFetched.unsubscribe(onFetch);
  }
  assert.deepEqual(lookedUp, [false, true]);
  assert.deepEqual(
    fetched.map(({ type, result, background }) => ({ type, result, background })),
    [{ type: "csrf", result: "ok", background: false }],
  );
});
