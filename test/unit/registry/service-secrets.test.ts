import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { isRefused } from "../../../src/registry/refused.ts";
import { textData, textOf, type SecretData } from "../../../src/registry/secret-data.ts";
import {
  NOTHING_STORED,
  serviceSecrets,
  type ServiceSecrets,
  type StoredSecrets,
} from "../../../src/registry/service-secrets.ts";
import type { CredentialsRequest, TextListMap } from "../../../src/registry/service-request.ts";
import { anyText } from "../../doubles/any-text.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { apiRequest } from "../../doubles/service-requests.ts";

const MASKED = "********";
const clock = new FakeClock();

const basic = (username: string, password: string): CredentialsRequest => ({
  kind: "basic",
  username,
  password,
  csrfTokenUrl: "",
});

const oauth = (clientId: string, clientSecret: string, headers?: TextListMap): CredentialsRequest => ({
  kind: "oauth",
  url: "https://idp.acme.example/token",
  clientId,
  clientSecret,
  requestParameters: headers && { headers, queryParameters: undefined },
  csrfTokenUrl: "",
});

const generated = (commonName: string): CredentialsRequest => ({
  kind: "certificateGen",
  commonName,
  csrfTokenUrl: "",
});

const settle = (credentials: CredentialsRequest | undefined, stored: StoredSecrets = NOTHING_STORED) =>
  serviceSecrets(apiRequest({ credentials }), stored, clock);

async function wanted(
  credentials: CredentialsRequest | undefined,
  stored?: StoredSecrets,
): Promise<ServiceSecrets> {
  const secrets = await settle(credentials, stored);
  assert.ok(!isRefused(secrets), JSON.stringify(secrets));
  return secrets;
}

async function refusal(credentials: CredentialsRequest, stored?: StoredSecrets): Promise<string> {
  const secrets = await settle(credentials, stored);
  assert.ok(isRefused(secrets));
  assert.equal(secrets.code, "REGISTRY_CREDENTIALS_REFUSED");
  return secrets.text;
}

const stored = (type: string, texts: Readonly<Record<string, string>>) => ({
  type,
  credentials: textData(texts),
});

function textsOf(data: SecretData | undefined): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.keys(data ?? {}).map((key) => [key, textOf(data, key)]));
}

test("service secrets - without an API, credentials or parameters there are none", async () => {
  assert.deepEqual(await serviceSecrets(undefined, NOTHING_STORED, clock), {
    kind: "secrets",
    credentials: undefined,
    parameters: undefined,
  });
  const former = stored("Basic", { username: "u", password: "p" });
  assert.equal((await wanted(undefined, former)).credentials, undefined);
});

test("service secrets - each kind has its keys", async () => {
  assert.deepEqual(textsOf((await wanted(basic("ü", "p"))).credentials), { username: "ü", password: "p" });
  const headers = { "X-B": ["<2>"], "X-A": ["1", ""] };
  assert.deepEqual(textsOf((await wanted(oauth("c", "s", headers))).credentials), {
    clientId: "c",
    clientSecret: "s",
    headers: '{"X-A":["1",""],"X-B":["\\u003c2\\u003e"]}',
  });
});

test("service secrets - request parameters are written where they were given, also when they are empty", async () => {
  const secrets = await serviceSecrets(
    apiRequest({ requestParameters: { headers: {}, queryParameters: { lang: ["en"] } } }),
    NOTHING_STORED,
    clock,
  );
  assert.ok(!isRefused(secrets));
  assert.deepEqual(textsOf(secrets.parameters), { headers: "{}", queryParameters: '{"lang":["en"]}' });
  const without = { headers: undefined, queryParameters: undefined };
  const none = await serviceSecrets(apiRequest({ requestParameters: without }), NOTHING_STORED, clock);
  assert.ok(!isRefused(none));
  assert.equal(none.parameters, undefined);
});

test("service secrets - a Secret that says the same is left alone with what else it holds", async () => {
  const former = stored("Basic", { username: "u", password: "p", note: "by hand" });
  assert.equal((await wanted(basic("u", "p"), former)).credentials, former.credentials);
});

test("service secrets - a change keeps the keys that this API does not know", async () => {
  const former = stored("Basic", { username: "u", password: "p", note: "by hand" });
  assert.deepEqual(textsOf((await wanted(basic("u", "q"), former)).credentials), {
    note: "by hand",
    username: "u",
    password: "q",
  });
  const client = {
    clientId: "c",
    clientSecret: "s",
    scope: "orders",
    tokenEndpointAuthMethod: "client_secret_post",
  };
  const withHeaders = stored("OAuth", { ...client, headers: '{"A":["1"]}' });
  assert.deepEqual(textsOf((await wanted(oauth("c", "new"), withHeaders)).credentials), {
    ...client,
    clientSecret: "new",
  });
  const pair = stored("CertificateGen", { commonName: "shop", crt: "C", key: "K", note: "by hand" });
  const renamed = textsOf((await wanted(generated("other"), pair)).credentials);
  assert.deepEqual([renamed["note"], renamed["commonName"]], ["by hand", "other"]);
  assert.match(renamed["crt"] ?? "", /^-----BEGIN CERTIFICATE-----/);
});

test("service secrets - request parameters are replaced beside the keys that this API does not know", async () => {
  const parameters = textData({ headers: '{"A":["1"]}', queryParameters: "{}", note: "by hand" });
  const requestParameters = { headers: undefined, queryParameters: { lang: ["en"] } };
  const secrets = await serviceSecrets(
    apiRequest({ requestParameters }),
    { ...NOTHING_STORED, parameters },
    clock,
  );
  assert.ok(!isRefused(secrets));
  assert.deepEqual(textsOf(secrets.parameters), { note: "by hand", queryParameters: '{"lang":["en"]}' });
});

test("service secrets - a change of OAuth's request parameters alone is written", async () => {
  const former = stored("OAuth", { clientId: "c", clientSecret: "s", headers: '{"A":["1"]}' });
  assert.equal((await wanted(oauth("c", "s", { A: ["1"] }), former)).credentials, former.credentials);
  const changed = await wanted(oauth("c", "s", { A: ["2"] }), former);
  assert.equal(textOf(changed.credentials, "headers"), '{"A":["2"]}');
  const dropped = await wanted(oauth("c", "s"), former);
  assert.deepEqual(textsOf(dropped.credentials), { clientId: "c", clientSecret: "s" });
});

test("service secrets - another kind of credentials rewrites the Secret whole", async () => {
  const former = stored("OAuth", { clientId: "c", clientSecret: "s" });
  assert.deepEqual(textsOf((await wanted(basic("u", "p"), former)).credentials), {
    username: "u",
    password: "p",
  });
});

test("service secrets - eight stars keep what is stored, byte for byte", async () => {
  const latin1 = { username: "dQ==", password: Buffer.from([0xfc, 0xff]).toString("base64") };
  const former: StoredSecrets = { type: "Basic", credentials: latin1 };
  assert.equal((await wanted(basic(MASKED, MASKED), former)).credentials, latin1);
  assert.deepEqual((await wanted(basic("other", MASKED), former)).credentials, {
    username: Buffer.from("other").toString("base64"),
    password: latin1.password,
  });
  const client = stored("OAuth", { clientId: "c", clientSecret: "s" });
  const kept = await wanted(oauth(MASKED, MASKED, { A: ["1"] }), client);
  assert.deepEqual(textsOf(kept.credentials), {
    clientId: "c",
    clientSecret: "s",
    headers: '{"A":["1"]}',
  });
});

test("service secrets - whatever was stored is kept by eight stars, and by itself", async () => {
  const value = anyText().filter((text) => text !== "" && text !== MASKED);
  await fc.assert(
    fc.asyncProperty(value, value, async (one, other) => {
      for (const make of [basic, oauth] as const) {
        // eslint-disable-next-line no-await-in-loop -- one kind after the other
        const { credentials } = await wanted(make(one, other));
        const former = { type: make === basic ? "Basic" : "OAuth", credentials };
        // eslint-disable-next-line no-await-in-loop
        assert.equal((await wanted(make(MASKED, MASKED), former)).credentials, credentials);
        // eslint-disable-next-line no-await-in-loop
        assert.equal((await wanted(make(one, other), former)).credentials, credentials);
      }
    }),
  );
});

test("service secrets - seven or nine stars are a password like others", async () => {
  for (const stars of ["*******", "*********"]) {
    // eslint-disable-next-line no-await-in-loop -- two quick cases
    assert.equal(textOf((await wanted(basic("u", stars))).credentials, "password"), stars);
  }
});

test("service secrets - eight stars with nothing of the same kind behind them are refused", async () => {
  const text = (field: string) =>
    `Failed to validate request body, api.credentials.${field} is masked (********), and there is no stored value that it could stand for`;
  assert.equal(await refusal(basic("u", MASKED)), text("basic.password"));
  assert.equal(await refusal(oauth(MASKED, "s")), text("oauth.clientId"));
  assert.equal(await refusal(generated(MASKED)), text("certificateGen.commonName"));
  const other = stored("OAuth", { clientId: "c", clientSecret: "s", password: "hunter2" });
  assert.equal(await refusal(basic("u", MASKED), other), text("basic.password"));
  // Somebody has deleted the Secret, or a key of it.
  assert.equal(
    await refusal(basic("u", MASKED), { type: "Basic", credentials: undefined }),
    text("basic.password"),
  );
  assert.equal(await refusal(basic("u", MASKED), stored("Basic", { username: "u" })), text("basic.password"));
});

test("service secrets - a generated pair stays until the common name is another", async () => {
  const first = await wanted(generated("shop, O=Acme"));
  const certificate = new X509Certificate(textOf(first.credentials, "crt") ?? "");
  assert.equal(certificate.checkPrivateKey(createPrivateKey(textOf(first.credentials, "key") ?? "")), true);
  assert.equal(textOf(first.credentials, "commonName"), "shop, O=Acme");
  const former: StoredSecrets = { type: "CertificateGen", credentials: first.credentials };
  assert.equal((await wanted(generated("shop, O=Acme"), former)).credentials, first.credentials);
  assert.equal((await wanted(generated(MASKED), former)).credentials, first.credentials);
  const renamed = await wanted(generated("other"), former);
  assert.equal(textOf(renamed.credentials, "commonName"), "other");
  assert.notEqual(textOf(renamed.credentials, "crt"), textOf(first.credentials, "crt"));
});

test("service secrets - a pair of which a part is missing is made anew", async () => {
  for (const name of ["shop", MASKED]) {
    const former = stored("CertificateGen", { commonName: "shop", crt: "PEM" });
    // eslint-disable-next-line no-await-in-loop -- one key after the other
    const { credentials } = await wanted(generated(name), former);
    assert.equal(textOf(credentials, "commonName"), "shop");
    assert.match(textOf(credentials, "key") ?? "", /^-----BEGIN RSA PRIVATE KEY-----/);
  }
});
