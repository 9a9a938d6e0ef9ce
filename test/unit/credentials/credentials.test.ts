import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplicationEntry } from "../../../src/core/resources/application.ts";
import type { CompiledCredentials } from "../../../src/credentials/credentials.ts";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import type { ReadSecret } from "../../../src/credentials/find-secret.ts";
import { decodeSecret } from "../../../src/credentials/secret-data.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { aSource, openCredentials, secretsNamed } from "../../doubles/credentials.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";

type EntryCredentials = ApplicationEntry["credentials"];

const authority = await TestAuthority.create();
const client = await authority.client("client-7");
const never = new AbortController().signal;
await using opened = await openCredentials();
const { credentials } = opened;

const noSecrets: ReadSecret = (name) => assert.fail(`read secret '${name}'`);

function compiled(entry: EntryCredentials, readSecret: ReadSecret = noSecrets): CompiledCredentials {
  const outcome = credentials.compile(aSource(entry), readSecret);
  assert.ok(!isCredentialFailure(outcome), JSON.stringify(outcome));
  outcome.provider.hold();
  outcome.csrf?.hold();
  return outcome;
}

function failure(entry: EntryCredentials, readSecret: ReadSecret): string {
  const outcome = credentials.compile(aSource(entry), readSecret);
  assert.ok(isCredentialFailure(outcome), "compiles");
  assert.equal(outcome.step, "config");
  return credentialFailureText(outcome);
}

for (const [name, entry] of [
  ["absent credentials", undefined],
  ["empty fields", { type: "", secretName: "" }],
  [
    "all fields empty",
    { type: "", secretName: "", authenticationUrl: "", csrfInfo: { tokenEndpointURL: "" } },
  ],
  ["NoAuth", { type: "NoAuth", secretName: "" }],
  ["NoAuth with a Secret", { type: "NoAuth", secretName: "unused" }],
] as const satisfies readonly (readonly [string, EntryCredentials])[]) {
  test(`credentials - ${name} means none, and no Secret is read`, async () => {
    const { provider, csrf, warnings } = compiled(entry);
    assert.deepEqual(
      [provider.type, provider.secretName, provider.fetches, csrf],
      ["none", undefined, false, undefined],
    );
    assert.equal(provider.current()?.header, undefined);
    assert.ok(provider.current());
    assert.deepEqual(provider.tls, { key: "verified", verify: true });
    assert.deepEqual(warnings, []);
    assert.equal(await provider.fetch(never), provider.current());
  });
}

test("credentials - skipVerify turns verification off", () => {
  const source = aSource(undefined, { tls: tlsIdentity(false) });
  const outcome = credentials.compile(source, noSecrets);
  assert.ok(!isCredentialFailure(outcome));
  assert.equal(outcome.provider.tls.verify, false);
});

test("credentials - CSRF without credentials is dropped with a warning", () => {
  const csrfInfo = { tokenEndpointURL: "https://erp.example/csrf" };
  const { csrf, warnings } = compiled({ type: "NoAuth", secretName: "", csrfInfo });
  assert.equal(csrf, undefined);
  assert.deepEqual(warnings, ["csrfInfo is ignored, because there are no credentials (service orders)"]);
});

test("credentials - a type that is empty beside other fields reads the Secret and uses none", () => {
  const { provider } = compiled({ type: "", secretName: "s" }, secretsNamed({ s: {} }));
  assert.equal(provider.type, "none");
  assert.equal(
    failure({ type: "", secretName: "s" }, secretsNamed({})),
    "failed to read API for orders service, secret 's' not found",
  );
});

test("credentials - a Secret that is missing, unnamed or unreadable is said with the service's name", () => {
  assert.equal(
    failure({ type: "Basic", secretName: "orders-cred" }, secretsNamed({})),
    "failed to read API for orders service, secret 'orders-cred' not found",
  );
  assert.equal(
    failure({ type: "Basic", secretName: "" }, noSecrets),
    "failed to read API for orders service, failed to get '' secret, resource name may not be empty",
  );
  assert.equal(
    failure({ type: "Basic", secretName: "s" }, () => ({ kind: "unreadable", cause: "forbidden" })),
    "failed to read API for orders service, failed to get 's' secret, forbidden",
  );
});

test("credentials - an unknown type is no silent NoAuth; the case matters", () => {
  for (const type of ["basic", "Oauth", "None", "noAuth", "Bearer", "__proto__", " Basic"]) {
    assert.equal(
      failure({ type, secretName: "s" }, secretsNamed({ s: {} })),
      `failed to read API for orders service, unknown credentials type '${type}'`,
    );
  }
});

test("basic - name and password are encoded as they are", () => {
  const entry = { type: "Basic", secretName: "s" };
  const headerFor = (username: string | Buffer, password: string | Buffer) =>
    compiled(entry, secretsNamed({ s: { username, password } })).provider.current()?.header;
  assert.equal(headerFor("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  assert.equal(headerFor("test", "123£"), "Basic dGVzdDoxMjPCow==");
  assert.equal(
    headerFor("a:b", Buffer.from([0xff])),
    `Basic ${Buffer.from("613a623aff", "hex").toString("base64")}`,
  );
});

test("basic - missing keys count as empty, with a warning each", () => {
  const { provider, warnings } = compiled({ type: "Basic", secretName: "s" }, secretsNamed({ s: {} }));
  assert.equal(provider.current()?.header, "Basic Og==");
  assert.deepEqual(warnings, [
    "secret 's' has no key 'username', which counts as empty (service orders)",
    "secret 's' has no key 'password', which counts as empty (service orders)",
  ]);
});

for (const [type, key] of [
  ["Basic", "username"],
  ["Basic", "password"],
  ["OAuth", "clientId"],
  ["OAuth", "clientSecret"],
  ["OAuthWithCert", "clientId"],
] as const) {
  test(`credentials - a line break or NUL in ${key} of ${type} is refused`, () => {
    for (const value of ["hush\n", "hu\r\nsh", "hush\0"]) {
      const text = failure({ type, secretName: "s" }, secretsNamed({ s: { ...client, [key]: value } }));
      assert.equal(
        text,
        `failed to read API for orders service, secret 's' is invalid: '${key}' holds a line break or NUL`,
      );
    }
  });
}

for (const type of ["OAuth", "OAuthWithCert"]) {
  test(`credentials - custom headers of ${type} that cannot be read are said`, () => {
    const entry = { type, secretName: "s", authenticationUrl: "https://idp.example/token" };
    assert.equal(
      failure(entry, secretsNamed({ s: { ...client, headers: '{"X":"hush"}' } })),
      "failed to read API for orders service, Failed to unmarshal headers, a member is not an array of strings",
    );
    assert.equal(
      failure(entry, secretsNamed({ s: { ...client, queryParameters: "hush" } })),
      "failed to read API for orders service, Failed to unmarshal query parameters, the value is not JSON",
    );
  });
}

test("credentials - only OAuth Secrets are searched for headers", () => {
  compiled({ type: "Basic", secretName: "s" }, secretsNamed({ s: { headers: "not JSON" } }));
  compiled(
    { type: "CertificateGen", secretName: "s" },
    secretsNamed({ s: { ...client, headers: "not JSON" } }),
  );
});

test("certificate - is presented to the target, and no header is sent", () => {
  const entry = { type: "CertificateGen", secretName: "s" };
  const { provider, warnings } = compiled(entry, secretsNamed({ s: { ...client } }));
  assert.deepEqual([provider.type, provider.secretName], ["CertificateGen", "s"]);
  assert.equal(provider.current()?.header, undefined);
  assert.ok(provider.tls.verify && provider.tls.certificate);
  assert.match(provider.tls.certificate.crt, /^-----BEGIN CERTIFICATE-----/);
  assert.deepEqual(warnings, []);
});

test("certificate - one that cannot be prepared fails every call that needs it, and is said at once", async () => {
  const entry = { type: "CertificateGen", secretName: "s" };
  const { provider, warnings } = compiled(entry, secretsNamed({ s: { crt: client.crt } }));
  assert.equal(provider.current(), undefined);
  const outcome = await provider.fetch(never);
  assert.ok(isCredentialFailure(outcome));
  const text = "Failed to prepare certificate, no private key in PEM form in 'key'";
  assert.equal(credentialFailureText(outcome), text);
  // A caller with an Access-Token does not need it, so there is an identity without it.
  assert.deepEqual(provider.tls, { key: "verified", verify: true });
  assert.deepEqual(warnings, [
    "secret 's' has no key 'key', which counts as empty (service orders)",
    `${text} (service orders)`,
  ]);
});

test("credentials - providers differ in their fingerprint where they differ in anything", () => {
  const basic = (username: string, password: string) =>
    compiled({ type: "Basic", secretName: "s" }, secretsNamed({ s: { username, password } })).provider;
  assert.equal(basic("u", "p").fingerprint, basic("u", "p").fingerprint);
  assert.notEqual(basic("u", "p").fingerprint, basic("u", "q").fingerprint);
  assert.notEqual(compiled(undefined).provider.fingerprint, basic("u", "p").fingerprint);
});

test("request parameters - are read from the Secret that the entry names, if it names one", () => {
  for (const unnamed of [undefined, ""]) {
    const none = credentials.compileParameters("orders", unnamed, noSecrets);
    assert.ok(!isCredentialFailure(none));
    assert.deepEqual([none.headers, none.query], [[], []]);
  }
  const found = credentials.compileParameters(
    "orders",
    "p",
    secretsNamed({ p: { headers: '{"X-A":["1"]}' } }),
  );
  assert.ok(!isCredentialFailure(found));
  assert.deepEqual(found.headers, ["X-A", "1"]);
  const missing = credentials.compileParameters("orders", "p", secretsNamed({}));
  assert.ok(isCredentialFailure(missing));
  assert.equal(credentialFailureText(missing), "failed to read API for orders service, secret 'p' not found");
});

test("secret data - base64 is decoded, and no key means no data", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } } as const;
  const data = decodeSecret({ ...secret, data: { username: "dcO8cg==", password: "" } } as never);
  assert.deepEqual([data.get("username")?.toString(), data.get("password")?.length], ["uür", 0]);
  assert.equal(decodeSecret(secret as never).size, 0);
});

test("credentials - closing forgets the tokens", async () => {
  await using idp = await startIdentityProvider();
  const other = await openCredentials();
  const entry = { type: "OAuth", secretName: "s", authenticationUrl: idp.tokenUrl };
  const { provider } = other.compile(entry, { clientId: "c", clientSecret: "s" });
  await provider.fetch(never);
  assert.ok(provider.current());
  await other[Symbol.asyncDispose]();
  assert.equal(provider.current(), undefined);
});
