import assert from "node:assert/strict";
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { test } from "node:test";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { openCredentials } from "../../doubles/credentials.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { startIdentityProvider, type IdentityProvider } from "../../doubles/identity-provider.ts";

const never = new AbortController().signal;
const authority = await TestAuthority.create();

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" });
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });

const secret = { clientId: "orders-ä", tokenEndpointAuthMethod: "private_key_jwt", key: pem(rsa.privateKey) };

interface Asked {
  readonly assertion: string;
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

/** Asks for a token with this Secret, again each time. */
async function asked(idp: IdentityProvider, values: object, clock?: FakeClock): Promise<Asked> {
  await using opened = await openCredentials(clock ? { clock } : {});
  const entry = { type: "OAuth", secretName: "s", authenticationUrl: `${idp.tokenUrl}?tenant=a` };
  const { provider, warnings } = opened.compile(entry, { ...secret, ...values });
  assert.deepEqual(warnings, []);
  const outcome = await provider.fetch(never);
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  const request = idp.requests.at(-1);
  const form = new URLSearchParams(request?.body.toString());
  const assertion = form.get("client_assertion") ?? "";
  return { assertion, form, authorization: request?.head.header("authorization") };
}

for (const [alg, { privateKey, publicKey }, signingAlgorithm] of [
  ["RS256", rsa, undefined],
  ["PS256", rsa, "PS256"],
  ["RS512", rsa, "RS512"],
  ["ES256", ec("prime256v1"), undefined],
  ["ES384", ec("secp384r1"), undefined],
  ["ES512", ec("secp521r1"), undefined],
  ["EdDSA", ed25519, undefined],
] as const) {
  test(`client assertion - one signed with ${alg} is what RFC 7523 asks for`, async () => {
    await using idp = await startIdentityProvider();
    const chosen = signingAlgorithm && { signingAlgorithm };
    const { assertion, form, authorization } = await asked(idp, { key: pem(privateKey), ...chosen });
    assert.equal(authorization, undefined);
    assert.deepEqual(
      [...form.keys()],
      ["client_id", "grant_type", "client_assertion_type", "client_assertion"],
    );
    assert.equal(form.get("client_id"), "orders-ä");
    assert.equal(form.get("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
      algorithms: [alg],
      issuer: "orders-ä",
      subject: "orders-ä",
      audience: `${idp.tokenUrl}?tenant=a`,
      maxTokenAge: "1m",
      requiredClaims: ["jti", "exp", "iat"],
    });
    assert.deepEqual(protectedHeader, { alg, typ: "JWT" });
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 60);
  });
}

test("client assertion - every request has one of its own", async () => {
  await using idp = await startIdentityProvider();
  const ids = new Set<unknown>();
  for (let request = 0; request < 3; request++) {
    // eslint-disable-next-line no-await-in-loop -- one request after the other
    const { payload } = await jwtVerify((await asked(idp, {})).assertion, rsa.publicKey);
    ids.add(payload.jti);
  }
  assert.equal(ids.size, 3);
});

test("client assertion - a request that is lost and sent again has another one, as a provider may have kept the first", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const entry = { type: "OAuth", secretName: "s", authenticationUrl: idp.tokenUrl };
  idp.behave("reset", "healthy");
  const outcome = await opened.compile(entry, secret).provider.fetch(never);
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  const sent = idp.requests.map(({ body }) => new URLSearchParams(body.toString()));
  const verified = sent.map((form) => jwtVerify(form.get("client_assertion") ?? "", rsa.publicKey));
  const ids = (await Promise.all(verified)).map(({ payload }) => payload.jti);
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual([...(sent[1]?.keys() ?? [])], [...(sent[0]?.keys() ?? [])]);
});

test("client assertion - it is made out by the clock of the moment, and a provider half a minute off takes it", async () => {
  await using idp = await startIdentityProvider();
  const clock = new FakeClock();
  await clock.advance(3_600_000);
  const { assertion } = await asked(idp, {}, clock);
  const now = Math.floor(clock.now() / 1000);
  const { payload } = await jwtVerify(assertion, rsa.publicKey, { currentDate: new Date(clock.now()) });
  assert.deepEqual([payload.iat, payload.exp], [now, now + 60]);
  for (const seconds of [-30, 30]) {
    const currentDate = new Date(clock.now() + seconds * 1000);
    // eslint-disable-next-line no-await-in-loop -- two quick cases
    await jwtVerify(assertion, rsa.publicKey, { currentDate });
  }
});

test("client assertion - the certificate, the key's name and another audience are said where the Secret has them", async () => {
  await using idp = await startIdentityProvider();
  const client = await authority.client("client-7");
  const certificate = new X509Certificate(client.crt);
  const named = { keyId: "key-1", assertionAudience: "https://idp.example" };
  const { assertion } = await asked(idp, { ...client, ...named });
  await jwtVerify(assertion, createPublicKey(client.crt), { audience: "https://idp.example" });
  assert.deepEqual(decodeProtectedHeader(assertion), {
    alg: "ES256",
    typ: "JWT",
    kid: "key-1",
    "x5t#S256": createHash("sha256").update(certificate.raw).digest("base64url"),
  });
});

test("client assertion - user information in the URL of the endpoint is told to nobody", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const authenticationUrl = idp.tokenUrl.replace("http://", "http://user:secret@");
  const { provider } = opened.compile({ type: "OAuth", secretName: "s", authenticationUrl }, secret);
  await provider.fetch(never);
  const form = new URLSearchParams(idp.requests[0]?.body.toString());
  const { payload } = await jwtVerify(form.get("client_assertion") ?? "", rsa.publicKey);
  assert.equal(payload.aud, idp.tokenUrl);
});

const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
for (const [what, values, problem] of [
  ["no key", { key: "" }, "no private key in PEM form in 'key'"],
  ["a short key", { key: pem(weak) }, "the private key in 'key' has less than 2048 bits"],
  [
    "a key of another kind",
    { key: pem(generateKeyPairSync("x25519").privateKey) },
    "the private key in 'key' is of no kind that the signature could be made with",
  ],
  [
    "an algorithm that does not fit the key",
    { signingAlgorithm: "ES256" },
    "the private key in 'key' is of no kind that the signature could be made with",
  ],
  ["no signature at all", { signingAlgorithm: "none" }, "'signingAlgorithm' is none of RS256, RS384"],
  ["the client secret", { signingAlgorithm: "HS256" }, "'signingAlgorithm' is none of RS256, RS384"],
  [
    "another's certificate",
    { crt: (await authority.client("other")).crt },
    "the private key does not belong to the certificate",
  ],
] as const) {
  test(`client assertion - ${what} is a 500 that asks nobody`, async () => {
    await using idp = await startIdentityProvider();
    await using opened = await openCredentials();
    const entry = { type: "OAuth", secretName: "s", authenticationUrl: idp.tokenUrl };
    const { provider } = opened.compile(entry, { ...secret, ...values });
    const outcome = await provider.fetch(never);
    assert.ok(isCredentialFailure(outcome));
    assert.equal(outcome.code, "CREDENTIALS_TOKEN_ASSERTION_INVALID");
    const text = credentialFailureText(outcome);
    assert.ok(text.startsWith(`Failed to get token: Failed to prepare client assertion, ${problem}`), text);
    assert.equal(idp.requests.length, 0);
  });
}
