import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import type { CredentialProvider } from "../../../src/credentials/provider.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { openCredentials } from "../../doubles/credentials.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";

const never = new AbortController().signal;
const authority = await TestAuthority.create();
const server = await authority.server();
const client = await authority.client("client-7");
const secret = { clientId: "client 1", clientSecret: "never sent", ...client };
const PROBLEM = "Failed to get token: Failed to fetch token, possible certificate problem: ";

function entry(authenticationUrl: string) {
  return { type: "OAuthWithCert", secretName: "orders-cred", authenticationUrl };
}

async function failureOf(provider: CredentialProvider): Promise<string> {
  const outcome = await provider.fetch(never);
  assert.ok(isCredentialFailure(outcome), "has a token");
  return credentialFailureText(outcome);
}

test("oauth with certificate - the client certificate is all that proves the client", async () => {
  await using idp = await startIdentityProvider({ tls: { ...server, clientAuthority: authority.crt } });
  await using opened = await openCredentials({ authority });
  const { provider, warnings } = opened.compile(entry(idp.tokenUrl), {
    ...secret,
    headers: '{"X-Tenant":["a"]}',
    queryParameters: '{"scope":["b"]}',
  });
  assert.deepEqual(warnings, []);
  const outcome = await provider.fetch(never);
  assert.ok(!isCredentialFailure(outcome));
  assert.equal(outcome.header, "Bearer token-1");
  const [request] = idp.requests;
  assert.equal(request?.clientCertificate, "client-7");
  assert.equal(
    request.raw,
    [
      "POST /oauth/token?scope=b HTTP/1.1",
      `Host: ${new URL(idp.origin).host}`,
      "X-Tenant: a",
      "Content-Type: application/x-www-form-urlencoded",
      "Content-Length: 48",
      "",
      "client_id=client+1&grant_type=client_credentials",
    ].join("\r\n"),
  );
});

test("oauth with certificate - the certificate is for the token endpoint, not for the target", async () => {
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry("https://idp.example/token"), secret);
  assert.deepEqual(provider.tls, { key: "verified", verify: true });
});

test("oauth with certificate - tokens are shared only with the same certificate and key", async () => {
  await using opened = await openCredentials();
  const other = await authority.client("client-8");
  const fingerprints = [
    opened.compile(entry("https://idp.example/a"), secret),
    opened.compile(entry("https://idp.example/b"), secret),
    opened.compile(entry("https://idp.example/a"), { ...secret, ...other }),
    opened.compile(entry("https://idp.example/a"), { ...secret, clientId: "other" }),
    opened.compile(entry("https://idp.example/a"), secret, { tls: tlsIdentity(false) }),
    opened.compile({ ...entry("https://idp.example/a"), type: "OAuth" }, secret),
  ].map(({ provider }) => provider.fingerprint);
  assert.equal(new Set(fingerprints).size, 6);
  // What is never sent makes no difference.
  const unsent = { ...secret, clientSecret: "other" };
  const { provider } = opened.compile(entry("https://idp.example/a"), unsent);
  assert.equal(provider.fingerprint, fingerprints[0]);
});

test("oauth with certificate - every failure of the token call has the one text, with its cause", async () => {
  await using idp = await startIdentityProvider({ tls: { ...server, clientAuthority: authority.crt } });
  await using opened = await openCredentials({ authority });
  const url = idp.tokenUrl;
  const { provider } = opened.compile(entry(url), secret);
  idp.behave({ status: 401 });
  assert.equal(
    await failureOf(provider),
    `${PROBLEM}incorrect response code '401' while getting token from ${url}`,
  );
  idp.behave("empty");
  assert.equal(
    await failureOf(provider),
    `${PROBLEM}failed to unmarshal token response body: unexpected end of JSON input`,
  );
  idp.behave({ token: {} });
  assert.equal(await failureOf(provider), `${PROBLEM}token response has no access_token`);
  await idp.stop();
  assert.equal(
    await failureOf(provider),
    `${PROBLEM}failed to make a request to '${url}': connection refused`,
  );
  const malformed = opened.compile(entry("https://idp.example/%zz"), secret).provider;
  assert.equal(await failureOf(malformed), `${PROBLEM}failed to create token request: invalid URL escape`);
});

test("oauth with certificate - an endpoint that does not know the certificate's issuer is such a failure", async () => {
  const stranger = await TestAuthority.create("Another CA");
  await using idp = await startIdentityProvider({ tls: { ...server, clientAuthority: stranger.crt } });
  await using opened = await openCredentials({ authority });
  const { provider } = opened.compile(entry(idp.tokenUrl), secret);
  assert.match(
    await failureOf(provider),
    /^Failed to get token: Failed to fetch token, possible certificate problem: failed to make a request to '/,
  );
  assert.equal(idp.requests.length, 0);
});

test("oauth with certificate - a certificate that cannot be prepared has its own text, and asks nobody", async () => {
  await using idp = await startIdentityProvider({ tls: server });
  await using opened = await openCredentials({ authority });
  const { provider, warnings } = opened.compile(entry(idp.tokenUrl), { ...secret, key: server.key });
  const text =
    "Failed to get token: Failed to prepare certificate, the private key does not belong to the certificate";
  assert.equal(await failureOf(provider), text);
  assert.deepEqual(warnings, [`${text} (service orders)`]);
  assert.equal(idp.requests.length, 0);
});
