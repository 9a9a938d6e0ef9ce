import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import { cacheLookedUp, tokenFetched } from "../../../src/telemetry/channels.ts";
import { tlsIdentity } from "../../../src/outbound/tls-identity.ts";
import { TestAuthority } from "../../doubles/certificates.ts";
import { openCredentials, secretsNamed } from "../../doubles/credentials.ts";
import { startIdentityProvider, type Behaviour } from "../../doubles/identity-provider.ts";

const CANARY = "c4n4ry";
const never = new AbortController().signal;
const authority = await TestAuthority.create();
const client = await authority.client("client-7");
const keyLine = client.key.split("\n")[1] ?? "";

const secret = {
  username: `${CANARY}-user`,
  password: `${CANARY}-password`,
  clientId: `${CANARY}-id`,
  clientSecret: `${CANARY}-secret`,
  headers: JSON.stringify({ "X-Key": [`${CANARY}-header`] }),
  queryParameters: JSON.stringify({ key: [`${CANARY}-parameter`] }),
  ...client,
};

/** Everything that a log line could come to hold of these values. */
function shown(...values: readonly unknown[]): string {
  const options = { depth: 20, showHidden: true, getters: false } as const;
  return values.map((value) => inspect(value, options) + JSON.stringify(value)).join("\n");
}

function assertClean(text: string, what: string): void {
  const forms = [CANARY, Buffer.from(`${CANARY}-id`).toString("base64").slice(0, 8), keyLine];
  for (const form of forms) assert.ok(!text.includes(form), `${what} shows ${form}: ${text}`);
}

const key = { apiKey: `${CANARY}-key` };
const jwt = { tokenEndpointAuthMethod: "private_key_jwt", scope: `${CANARY}-scope` };
for (const [type, more] of [
  ["Basic", {}],
  ["OAuth", {}],
  ["OAuth", jwt],
  ["OAuth", { certificateBoundTokens: "true" }],
  ["OAuthWithCert", {}],
  ["CertificateGen", {}],
  ["ApiKey", { ...key, header: "X-Key" }],
  ["ApiKey", { ...key, queryParameter: "key" }],
] as const) {
  test(`canary - providers of ${type} with ${Object.keys(more).join() || "nothing else"} and what they give show no secret`, async () => {
    await using idp = await startIdentityProvider({
      tls: await authority.server(),
      csrfCookies: [`session=${CANARY}-cookie`],
    });
    idp.behave(
      { token: { access_token: `${CANARY}-token`, expires_in: 300 } },
      { status: 200, headers: { "X-Csrf-Token": `${CANARY}-csrf` } },
    );
    await using opened = await openCredentials({ authority });
    const csrfInfo = { tokenEndpointURL: idp.csrfUrl };
    const entry = { type, secretName: "s", authenticationUrl: idp.tokenUrl, csrfInfo };
    const { provider, csrf, warnings } = opened.compile(entry, { ...secret, ...more });
    assert.ok(csrf);
    const authorisation = await provider.fetch(never);
    assert.ok(!isCredentialFailure(authorisation));
    const token = await csrf.fetch(authorisation, never);
    const parameters = opened.credentials.compileParameters("orders", "s", secretsNamed({ s: secret }));
    const everything = [provider, provider.tls, csrf, authorisation, token, parameters, opened.credentials];
    assertClean(shown(...everything, warnings, provider.fingerprint), type);
  });
}

test("canary - no failure, no warning and no channel shows a secret, whatever the endpoint answers", async () => {
  const published: unknown[] = [];
  const listen = (payload: unknown) => published.push(payload);
  tokenFetched.subscribe(listen);
  cacheLookedUp.subscribe(listen);
  try {
    const echo = `{"access_token":"${CANARY}","expires_in":"${CANARY}"}`;
    const behaviours: Behaviour[] = [
      { status: 401, headers: { "X-Echo": CANARY }, body: CANARY },
      { status: 200, body: CANARY },
      { status: 200, body: echo },
      { status: 200, body: `{"access_token":"${CANARY}\\n"}` },
      { status: 200, body: `["${CANARY}"]` },
      { status: 307, headers: { Location: `http://${CANARY}.invalid/${CANARY}` } },
      { status: 302, headers: { Location: `http://[${CANARY}` } },
      { status: 302, headers: { Location: `${CANARY}:x` } },
      "garbage",
      "close",
      "reset",
      "reset-in-body",
    ];
    for (const behaviour of behaviours) {
      for (const type of ["OAuth", "OAuthWithCert"]) {
        // eslint-disable-next-line no-await-in-loop
        await using idp = await startIdentityProvider({ behaviour, tls: await authority.server() });
        // eslint-disable-next-line no-await-in-loop
        await using opened = await openCredentials({ authority });
        const url = idp.tokenUrl.replace("https://", `https://${CANARY}:${CANARY}@`);
        const entry = { type, secretName: "s", authenticationUrl: url };
        const { provider, warnings } = opened.compile(entry, secret);
        provider.current();
        // eslint-disable-next-line no-await-in-loop
        const outcome = await provider.fetch(never);
        assert.ok(isCredentialFailure(outcome), shown(behaviour));
        const what = `${type} ${shown(behaviour)}`;
        assertClean(shown(outcome, warnings, credentialFailureText(outcome)), what);
      }
    }
    assert.ok(published.length >= 2 * 2 * behaviours.length);
    assertClean(shown(...published), "a channel");
  } finally {
    tokenFetched.unsubscribe(listen);
    cacheLookedUp.unsubscribe(listen);
  }
});

test("canary - no failure of a Secret that is wrong shows what is in it", async () => {
  await using opened = await openCredentials();
  const broken = [
    { username: `${CANARY}\n`, clientId: `${CANARY}\n` },
    { headers: CANARY },
    { headers: `{"${CANARY}":"${CANARY}"}` },
    { headers: `{"${CANARY} ":["x"]}` },
    { headers: `{"X":["${CANARY}\\n"]}` },
    { queryParameters: `{"a":"${CANARY}"}` },
    { crt: CANARY, key: CANARY },
    { tokenEndpointAuthMethod: CANARY },
    { tokenEndpointAuthMethod: "private_key_jwt", signingAlgorithm: CANARY },
    { tokenEndpointAuthMethod: "private_key_jwt", key: CANARY },
    { grantType: CANARY },
    { certificateBoundTokens: CANARY },
    { resource: CANARY },
    { apiKey: `${CANARY}\n`, header: "X-Key" },
    { apiKey: "key", header: `${CANARY} ` },
    { crt: client.crt, key: client.key.replace("\n", `\n${CANARY}`) },
    { crt: client.crt.replace("\n", `\n${CANARY}`), key: client.key },
  ];
  let failures = 0;
  for (const data of broken) {
    for (const type of ["Basic", "OAuth", "OAuthWithCert", "CertificateGen", "ApiKey"]) {
      const entry = { type, secretName: "s", authenticationUrl: "https://idp.invalid/token" };
      const source = {
        application: "a",
        service: "b",
        entry: "c",
        tls: tlsIdentity(true),
        credentials: entry,
      };
      const readSecret = secretsNamed({ s: { ...client, ...data } });
      const compiled = opened.credentials.compile(source, readSecret);
      const parameters = opened.credentials.compileParameters("b", "s", readSecret);
      for (const outcome of [compiled, parameters]) {
        if (isCredentialFailure(outcome)) failures++;
        assertClean(shown(outcome), `${type} ${Object.keys(data).join()}`);
      }
      if (isCredentialFailure(compiled)) continue;
      compiled.provider.hold();
      // eslint-disable-next-line no-await-in-loop
      assertClean(shown(await compiled.provider.fetch(never)), type);
    }
  }
  assert.ok(failures > broken.length);
});
