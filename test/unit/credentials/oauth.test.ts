import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import type { CredentialProvider } from "../../../src/credentials/provider.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { openCredentials } from "../../doubles/credentials.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { startIdentityProvider, type Behaviour } from "../../doubles/identity-provider.ts";

const never = new AbortController().signal;
const secret = { clientId: "client:1", clientSecret: "hush hush&=é" };

function entry(authenticationUrl: string) {
  return { type: "OAuth", secretName: "orders-cred", authenticationUrl };
}

async function headerOf(provider: CredentialProvider): Promise<string | undefined> {
  const outcome = await provider.fetch(never);
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  return outcome.header;
}

async function failureOf(provider: CredentialProvider) {
  const outcome = await provider.fetch(never);
  assert.ok(isCredentialFailure(outcome), "has a token");
  return { text: credentialFailureText(outcome), step: outcome.step };
}

test("oauth - the token request has exactly the specified form", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(`${idp.tokenUrl}?tenant=a`), secret);
  assert.equal(provider.current(), undefined);
  assert.equal(await headerOf(provider), "Bearer token-1");
  assert.equal(provider.current()?.header, "Bearer token-1");
  const body = "client_id=client%3A1&client_secret=hush+hush%26%3D%C3%A9&grant_type=client_credentials";
  assert.equal(
    idp.requests[0]?.raw,
    [
      "POST /oauth/token?tenant=a HTTP/1.1",
      `Host: ${new URL(idp.origin).host}`,
      `Authorization: Basic ${Buffer.from("client:1:hush hush&=é").toString("base64")}`,
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n"),
  );
});

test("oauth - custom headers and parameters of the Secret go to the token endpoint, and win over nothing", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const headers = {
    authorization: ["Basic other"],
    "CONTENT-TYPE": ["text/plain"],
    "X-Tenant": ["a", "b"],
    "User-Agent": ["custom"],
    Host: ["elsewhere"],
  };
  const { provider } = opened.compile(entry(`${idp.tokenUrl}?scope=url`), {
    ...secret,
    headers: JSON.stringify(headers),
    queryParameters: '{"scope":["secret"],"z":["1","2"],"audience":["x y"]}',
  });
  await headerOf(provider);
  const [request] = idp.requests;
  assert.equal(request?.target, "/oauth/token?scope=url&audience=x+y&z=1&z=2");
  const names = request?.head.headers.filter((_, index) => index % 2 === 0);
  assert.deepEqual(names, [
    "Host",
    "Authorization",
    "X-Tenant",
    "X-Tenant",
    "User-Agent",
    "Content-Type",
    "Content-Length",
  ]);
  assert.equal(request?.head.header("content-type"), "application/x-www-form-urlencoded");
});

test("oauth - a secret that is not UTF-8 is sent byte for byte", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const bytes = Buffer.from([0x68, 0xff, 0xfe]);
  const { provider } = opened.compile(entry(idp.tokenUrl), { clientId: "c", clientSecret: bytes });
  await headerOf(provider);
  const [request] = idp.requests;
  assert.match(request?.body.toString() ?? "", /client_secret=h%FF%FE&/);
  const basic = request?.head.header("authorization")?.replace("Basic ", "") ?? "";
  assert.deepEqual(Buffer.from(basic, "base64"), Buffer.concat([Buffer.from("c:"), bytes]));
});

test("oauth - a thousand callers at once on a cold token cause exactly one request, and all succeed", async () => {
  await using idp = await startIdentityProvider({ delay: 50, clients: { "client:1": secret.clientSecret } });
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(idp.tokenUrl), secret);
  const headers = await Promise.all(Array.from({ length: 1000 }, () => headerOf(provider)));
  assert.deepEqual([...new Set(headers)], ["Bearer token-1"]);
  assert.equal(idp.requests.length, 1);
});

test("oauth - providers of the same credential share a token, others do not", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const first = opened.compile(entry(idp.tokenUrl), secret).provider;
  const again = opened.compile(entry(idp.tokenUrl), secret, { service: "other", entry: "v2" }).provider;
  assert.equal(first.fingerprint, again.fingerprint);
  assert.equal(await headerOf(first), "Bearer token-1");
  assert.equal(again.current()?.header, "Bearer token-1");

  const others = [
    opened.compile(entry(idp.csrfUrl), secret),
    opened.compile(entry(idp.tokenUrl), { ...secret, clientId: "other" }),
    opened.compile(entry(idp.tokenUrl), { ...secret, clientSecret: "other" }),
    opened.compile(entry(idp.tokenUrl), { ...secret, headers: '{"X-A":["1"]}' }),
    opened.compile(entry(idp.tokenUrl), { ...secret, queryParameters: '{"scope":["1"]}' }),
    opened.compile(entry(idp.tokenUrl), secret, { tls: tlsIdentity(false) }),
    opened.compile(entry(idp.tokenUrl), { clientId: "client", clientSecret: ":1hush hush&=é" }),
  ].map(({ provider }) => provider);
  for (const provider of others) assert.equal(provider.current(), undefined);
  const tokens = await Promise.all(others.map(headerOf));
  assert.equal(new Set(tokens).size, others.length);
});

test("oauth - a change of the configuration that is none of the credential keeps the token", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  await headerOf(opened.compile(entry(idp.tokenUrl), secret).provider);
  const recompiled = opened.compile(entry(idp.tokenUrl), secret).provider;
  assert.equal(recompiled.current()?.header, "Bearer token-1");
});

test("oauth - a refused token is replaced by one request for all calls that were refused", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry(idp.tokenUrl), secret);
  await headerOf(provider);
  const used = provider.current();
  assert.ok(used);
  const again = await Promise.all(
    Array.from({ length: 100 }, async () => {
      provider.invalidate(used);
      return provider.current()?.header ?? headerOf(provider);
    }),
  );
  assert.deepEqual([...new Set(again)], ["Bearer token-2"]);
  assert.equal(idp.requests.length, 2);
});

test("oauth - a token endpoint with a certificate that is not trusted is called only with skipVerify", async () => {
  const authority = await TestAuthority.create();
  await using idp = await startIdentityProvider({ tls: await authority.server() });
  await using opened = await openCredentials();
  const { text } = await failureOf(opened.compile(entry(idp.tokenUrl), secret).provider);
  assert.match(text, /^failed to make a request to 'https:\/\/localhost:\d+\/oauth\/token': .*certificate/);
  assert.equal(idp.requests.length, 0);
  const { provider } = opened.compile(entry(idp.tokenUrl), secret, { tls: tlsIdentity(false) });
  assert.equal(await headerOf(provider), "Bearer token-1");
});

const URL_HERE = "<url>";
for (const [name, behaviour, text] of [
  ["hangs", "hang", `failed to make a request to '${URL_HERE}': no answer within 100ms`],
  ["trickles its head", "trickle", `failed to make a request to '${URL_HERE}': no answer within 100ms`],
  [
    "trickles its body",
    "trickle-body",
    `failed to read token response body from '${URL_HERE}': no answer within 1s`,
  ],
  ["answers garbage", "garbage", `failed to make a request to '${URL_HERE}': the answer is not HTTP`],
  [
    "closes",
    "close",
    `failed to make a request to '${URL_HERE}': connection closed before the answer was complete`,
  ],
  ["resets", "reset", `failed to make a request to '${URL_HERE}': connection reset`],
  [
    "resets within the body",
    "reset-in-body",
    `failed to read token response body from '${URL_HERE}': connection reset`,
  ],
  [
    "never ends its body",
    "endless",
    `failed to read token response body from '${URL_HERE}': the answer is larger than 1048576 bytes`,
  ],
  ["answers an empty 200", "empty", "failed to unmarshal token response body: unexpected end of JSON input"],
  ["answers a login page", "html", "failed to unmarshal token response body: the answer is not JSON"],
  [
    "redirects in a loop",
    "redirect-loop",
    `failed to make a request to '${URL_HERE}': stopped after 10 redirects`,
  ],
  ["answers 401", { status: 401 }, `incorrect response code '401' while getting token from ${URL_HERE}`],
  ["answers 500", { status: 500 }, `incorrect response code '500' while getting token from ${URL_HERE}`],
  ["answers 204", { status: 204 }, `incorrect response code '204' while getting token from ${URL_HERE}`],
  [
    "answers 201 with a token",
    { status: 201, body: '{"access_token":"t"}' },
    `incorrect response code '201' while getting token from ${URL_HERE}`,
  ],
  ["answers no token", { token: { expires_in: 60 } }, "token response has no access_token"],
  ["answers an empty token", { token: { access_token: "" } }, "token response has no access_token"],
  [
    "answers a token with a line break",
    { token: { access_token: "a\r\nX-Evil: 1" } },
    "failed to unmarshal token response body: access_token holds characters that a header cannot carry",
  ],
] as const satisfies readonly (readonly [string, Behaviour, string])[]) {
  test(`oauth - a token endpoint that ${name} is a 502 with the specified text`, async () => {
    const timeout = text.endsWith(" 100ms") ? 100 : text.endsWith(" 1s") ? 1000 : 30_000;
    await using idp = await startIdentityProvider({ behaviour });
    await using opened = await openCredentials({ timeout });
    const { provider } = opened.compile(entry(idp.tokenUrl), secret);
    assert.deepEqual(await failureOf(provider), {
      text: text.replace(URL_HERE, idp.tokenUrl),
      step: "token",
    });
    assert.equal(provider.current(), undefined);
  });
}

for (const expiresIn of ["3600", '"3600"', "0", "-1", "1e9", "null"]) {
  test(`oauth - expires_in ${expiresIn} gives a token that is kept`, async () => {
    const token = { access_token: "abc", expires_in: JSON.parse(expiresIn) as unknown };
    await using idp = await startIdentityProvider({ behaviour: { token } });
    await using opened = await openCredentials();
    const { provider } = opened.compile(entry(idp.tokenUrl), secret);
    assert.equal(await headerOf(provider), "Bearer abc");
    await turn();
    assert.equal(provider.current()?.header, "Bearer abc");
    assert.equal(idp.requests.length, 1);
  });
}

test("oauth - the word is Bearer, whatever token_type says", async () => {
  await using idp = await startIdentityProvider({
    behaviour: { token: { access_token: "abc", token_type: "mac", expires_in: 60 } },
  });
  await using opened = await openCredentials();
  assert.equal(await headerOf(opened.compile(entry(idp.tokenUrl), secret).provider), "Bearer abc");
});

test("oauth - a redirect to another origin takes no secret there", async () => {
  await using other = await startIdentityProvider();
  await using idp = await startIdentityProvider({
    behaviour: { status: 307, headers: { Location: other.tokenUrl } },
  });
  await using opened = await openCredentials();
  const { text } = await failureOf(opened.compile(entry(idp.tokenUrl), secret).provider);
  assert.equal(
    text,
    `failed to make a request to '${idp.tokenUrl}': redirected to another origin, to which credentials are not sent`,
  );
  assert.equal(other.requests.length, 0);
});

test("oauth - an endpoint that cannot be called says why, without a request", async () => {
  await using opened = await openCredentials({ deniedNetworks: ["127.0.0.0/8"] });
  const failures = async (url: string) => {
    const { provider } = opened.compile(entry(url), secret);
    assert.equal(provider.current(), undefined);
    return failureOf(provider);
  };
  assert.deepEqual(await failures(""), {
    text: "failed to make a request to '': no scheme or host",
    step: "token",
  });
  assert.deepEqual(await failures("ftp://idp.example/token"), {
    text: `failed to make a request to 'ftp://idp.example/token': unsupported protocol scheme "ftp"`,
    step: "token",
  });
  assert.deepEqual(await failures("https://idp.example/%zz"), {
    text: "failed to create token request: invalid URL escape",
    step: "config",
  });
  assert.deepEqual(await failures("http://127.0.0.1:9/token"), {
    text: "failed to make a request to 'http://127.0.0.1:9/token': the egress policy refuses the address",
    step: "policy",
  });
});

test("oauth - a real endpoint that is down for 240 s with 300 s tokens fails no call, and is used again after", async () => {
  const clock = new FakeClock();
  await using idp = await startIdentityProvider({ expiresIn: 300 });
  await using opened = await openCredentials({ clock, timeout: 10_000 });
  const { provider } = opened.compile(entry(idp.tokenUrl), secret);
  await headerOf(provider);
  // Up to the last moment before the refresh, which is then the worst one to go down.
  await clock.advance(28_000);
  await idp.stop();
  for (let second = 0; second < 240; second++) {
    assert.equal(provider.current()?.header, "Bearer token-1");
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(1000);
  }
  await idp.start();
  await eventually(async () => {
    await clock.advance(100);
    assert.equal(provider.current()?.header, "Bearer token-2");
  });
  assert.ok(clock.monotonic() < 298_000, "the token had expired before it was replaced");
});
