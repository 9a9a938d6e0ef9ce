import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { aSource, openCredentials, secretsNamed } from "../../doubles/credentials.ts";
import { startIdentityProvider, type RecordedRequest } from "../../doubles/identity-provider.ts";

const never = new AbortController().signal;
const authority = await TestAuthority.create();
const client = await authority.client("client-7");

type Values = Readonly<Record<string, string>>;

/** The token request that comes of a Secret. */
async function requestFor(secret: Values, type = "OAuth"): Promise<RecordedRequest> {
  const tls = { ...(await authority.server()), clientAuthority: authority.crt };
  await using idp = await startIdentityProvider(type === "OAuthWithCert" || secret["crt"] ? { tls } : {});
  await using opened = await openCredentials({ authority });
  const entry = { type, secretName: "s", authenticationUrl: idp.tokenUrl };
  const { provider, warnings } = opened.compile(entry, secret);
  assert.deepEqual(warnings, []);
  const outcome = await provider.fetch(never);
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  const [request] = idp.requests;
  assert.ok(request);
  return request;
}

async function sent(secret: Values, type?: string) {
  const { head, body, clientCertificate } = await requestFor(secret, type);
  return { authorization: head.header("authorization"), body: body.toString(), clientCertificate };
}

/** What every call of an entry with this Secret is told. */
async function refusalOf(secret: Values, type = "OAuth"): Promise<string> {
  await using opened = await openCredentials();
  const credentials = { type, secretName: "s", authenticationUrl: "https://idp.example/token" };
  const compiled = opened.credentials.compile(
    aSource(credentials),
    secretsNamed({ s: { clientId: "c", ...secret } }),
  );
  assert.ok(isCredentialFailure(compiled), "compiles");
  return credentialFailureText(compiled).replace(
    /^failed to read API for orders service, secret 's' is /,
    "",
  );
}

const basicOf = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const secret = { clientId: "client:1", clientSecret: "hush hush&=é" };
const original = "client_id=client%3A1&client_secret=hush+hush%26%3D%C3%A9&grant_type=client_credentials";

test("token settings - scope, audience and resource stand behind the original's form, those with several lines repeated", async () => {
  const added = {
    scope: "orders:read orders:write",
    audience: "https://api.example/ä\nother",
    resource: "https://a.example/x?y=1\r\n\nurn:b:c\n",
  };
  assert.deepEqual(await sent({ ...secret, ...added }), {
    authorization: basicOf("client:1:hush hush&=é"),
    body:
      `${original}&scope=orders%3Aread+orders%3Awrite` +
      "&audience=https%3A%2F%2Fapi.example%2F%C3%A4&audience=other" +
      "&resource=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&resource=urn%3Ab%3Ac",
    clientCertificate: undefined,
  });
});

test("token settings - keys that are empty or say the default leave the original's request as it is", async () => {
  const empty = { scope: "", audience: "", resource: "", tokenEndpointAuthMethod: "" };
  const said = { grantType: "client_credentials", certificateBoundTokens: "false" };
  const { raw, ...rest } = await requestFor({ ...secret, ...empty, ...said });
  const plain = await requestFor(secret);
  const withoutPort = (text: string) => text.replace(/127\.0\.0\.1:\d+/, "");
  assert.equal(withoutPort(raw), withoutPort(plain.raw));
  assert.ok(rest.body.equals(Buffer.from(original)));
});

test("token settings - client_secret_basic encodes id and secret before, and the form has neither", async () => {
  assert.deepEqual(await sent({ ...secret, tokenEndpointAuthMethod: "client_secret_basic" }), {
    authorization: basicOf("client%3A1:hush+hush%26%3D%C3%A9"),
    body: "grant_type=client_credentials",
    clientCertificate: undefined,
  });
});

test("token settings - client_secret_post has no Authorization header", async () => {
  assert.deepEqual(await sent({ ...secret, tokenEndpointAuthMethod: "client_secret_post", scope: "a" }), {
    authorization: undefined,
    body: `${original}&scope=a`,
    clientCertificate: undefined,
  });
});

for (const tokenEndpointAuthMethod of ["tls_client_auth", "self_signed_tls_client_auth"]) {
  test(`token settings - ${tokenEndpointAuthMethod} presents the certificate and sends no secret`, async () => {
    const { clientId } = secret;
    assert.deepEqual(await sent({ clientId, clientSecret: "x", ...client, tokenEndpointAuthMethod }), {
      authorization: undefined,
      body: "client_id=client%3A1&grant_type=client_credentials",
      clientCertificate: "client-7",
    });
  });
}

test("token settings - OAuthWithCert presents the certificate whatever else proves the client", async () => {
  const expected = { authorization: undefined, clientCertificate: "client-7" };
  assert.deepEqual(await sent({ clientId: "c", ...client, scope: "a" }, "OAuthWithCert"), {
    ...expected,
    body: "client_id=c&grant_type=client_credentials&scope=a",
  });
  const post = { clientId: "c", clientSecret: "s", ...client, tokenEndpointAuthMethod: "client_secret_post" };
  assert.deepEqual(await sent(post, "OAuthWithCert"), {
    ...expected,
    body: "client_id=c&client_secret=s&grant_type=client_credentials",
  });
});

test("token settings - the certificate of bound tokens goes to the token endpoint and to the target", async () => {
  const bound = { ...secret, ...client, certificateBoundTokens: "true" };
  assert.deepEqual(await sent(bound), {
    authorization: basicOf("client:1:hush hush&=é"),
    body: original,
    clientCertificate: "client-7",
  });
  await using opened = await openCredentials();
  const entry = { type: "OAuth", secretName: "s", authenticationUrl: "https://idp.example/token" };
  const own = opened.compile(entry, bound).provider;
  assert.match(own.tls.certificate?.crt ?? "", /^-----BEGIN CERTIFICATE-----/);
  assert.ok(own.tls.verify);
  const { provider } = opened.compile(entry, { ...bound, certificateBoundTokens: "false" });
  assert.equal(provider.tls.certificate, undefined);
  assert.notEqual(provider.fingerprint, own.fingerprint);
});

test("token settings - bound tokens without a certificate fail every call, and that is said at once", async () => {
  await using opened = await openCredentials();
  const entry = { type: "OAuth", secretName: "s", authenticationUrl: "https://idp.example/token" };
  const { provider, warnings } = opened.compile(entry, { ...secret, certificateBoundTokens: "true" });
  const outcome = await provider.fetch(never);
  assert.ok(isCredentialFailure(outcome));
  assert.equal(
    credentialFailureText(outcome),
    "Failed to get token: Failed to prepare certificate, no certificate in PEM form in 'crt'",
  );
  assert.equal(warnings.length, 3, "two missing keys and the failure");
});

test("token settings - a credential that differs in any key that is used has tokens of its own", async () => {
  await using opened = await openCredentials();
  const entry = { type: "OAuth", secretName: "s", authenticationUrl: "https://idp.example/token" };
  const of = (values: Values) =>
    opened.compile(entry, { ...secret, ...client, ...values }).provider.fingerprint;
  const fingerprints = [
    {},
    { scope: "a" },
    { scope: "b" },
    { audience: "a" },
    { resource: "urn:a:b" },
    { tokenEndpointAuthMethod: "client_secret_basic" },
    { tokenEndpointAuthMethod: "private_key_jwt" },
    { tokenEndpointAuthMethod: "private_key_jwt", keyId: "1" },
    { tokenEndpointAuthMethod: "private_key_jwt", assertionAudience: "a" },
    { certificateBoundTokens: "true" },
    { grantType: "urn:ietf:params:oauth:grant-type:token-exchange" },
    { grantType: "urn:ietf:params:oauth:grant-type:token-exchange", requestedTokenType: "a" },
  ].map(of);
  assert.equal(new Set(fingerprints).size, fingerprints.length);
  assert.equal(of({ keyId: "unused", note: "of nobody's" }), fingerprints[0]);
});

for (const [values, problem] of [
  [
    { tokenEndpointAuthMethod: "client_secret_jwt" },
    "'tokenEndpointAuthMethod' is none of client_secret_basic, ",
  ],
  [{ tokenEndpointAuthMethod: "Client_Secret_Post" }, "'tokenEndpointAuthMethod' is none of "],
  [{ grantType: "password" }, "'grantType' is neither client_credentials nor urn:ietf:"],
  [{ certificateBoundTokens: "yes" }, "'certificateBoundTokens' is neither true nor false"],
  [{ resource: "orders" }, "'resource' holds a line that is no absolute URI"],
  [{ resource: "https://a.example\nhttps://b.example#x" }, "'resource' holds a line that is no absolute URI"],
  [{ scope: "a\nb" }, "'scope' holds a line break or NUL"],
  [{ tokenEndpointAuthMethod: "private_key_jwt", keyId: "a\nb" }, "'keyId' holds a line break or NUL"],
] as const satisfies readonly (readonly [Values, string])[]) {
  test(`token settings - ${JSON.stringify(values)} is refused, for both types, without a value in the text`, async () => {
    for (const type of ["OAuth", "OAuthWithCert"]) {
      // eslint-disable-next-line no-await-in-loop -- two quick cases
      const text = await refusalOf(values, type);
      assert.ok(text.startsWith(`invalid: ${problem}`), text);
    }
  });
}
