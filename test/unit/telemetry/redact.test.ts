import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isSecretName, redactText } from "../../../src/telemetry/redact.ts";

const SECRET = "hunter2-Pa55";

/** Sentences as errors of Node, undici, targets and identity providers hold them. */
const leaky: readonly string[] = [
  `failed to parse target url 'https://me:${SECRET}@erp.example.com/odata'`,
  `failed to parse target url 'https://me:${SECRET}/with-slash@erp.example.com/odata'`,
  `connect to postgres+ssl://me:${SECRET}@db/1 refused`,
  `https://${SECRET}@erp.example.com refused`,
  `GET https://erp.example.com/odata?apikey=${SECRET}&x=1 failed`,
  `GET https://erp.example.com/odata#${SECRET} failed`,
  `GET /odata?sap-client=100&key=${SECRET} failed`,
  `Authorization: Basic ${SECRET}`,
  `authorization: ${SECRET} and more ${SECRET}`,
  `{"Authorization":"Bearer ${SECRET}"}`,
  `{\\"authorization\\":\\"${SECRET}\\"}`,
  `Set-Cookie: session=${SECRET}; Path=/`,
  `cookie=${SECRET}`,
  `X-Csrf-Token: ${SECRET}`,
  `Access-Token: Bearer ${SECRET}`,
  `refused Bearer ${SECRET} as expired`,
  `refused Basic ${SECRET}==`,
  `grant_type=client_credentials&client_secret=${SECRET}&client_id=me`,
  `client_secret: "${SECRET} with blanks ${SECRET}"`,
  `{"access_token":"${SECRET}","expires_in":3600}`,
  `{\\"access_token\\":\\"${SECRET}\\"}`,
  `{"password":"${SECRET}`,
  `password='${SECRET}'`,
  `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\n${SECRET}`,
  `token eyJhbGciOiJIUzI1NiJ9.${Buffer.from(SECRET).toString("base64url")}.${SECRET}`,
];

for (const text of leaky) {
  test(`redaction - nothing secret stays of ${text.replaceAll(SECRET, "…").replaceAll("\n", " ")}`, () => {
    const redacted = redactText(text);
    assert.ok(!redacted.includes(SECRET), redacted);
    assert.ok(!redacted.includes(Buffer.from(SECRET).toString("base64url")), redacted);
  });
}

/** What people need to read must stay. */
const harmless: readonly string[] = [
  "connect ECONNREFUSED 127.0.0.1:8443",
  "failed to make a request to 'https://idp.example.com:8443/oauth/token': getaddrinfo ENOTFOUND idp.example.com",
  "incorrect response code '401' while getting token from https://idp.example.com/oauth/token",
  "failed to unmarshal token response body: Unexpected token '<'",
  "Basic authentication failed",
  "secret 'orders-credentials' not found",
  "is it up? yes",
  "unable to verify the first certificate",
  "GET https://erp.example.com/users/me@example.com answered 404",
];

for (const text of harmless) {
  test(`redaction - stays as it is: ${text}`, () => assert.equal(redactText(text), text));
}

test("redaction - host and path of an address stay, its user and query go", () => {
  assert.equal(redactText("GET https://u:p@h:8443/a/b?c=d#e x"), "GET https://h:8443/a/b x");
});

test("redaction - a password with any characters never survives in an address or a header", () => {
  const visible = fc.string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" });
  const secret = visible
    .map((text) => text.replace(/[\s"'<>,;@\\]/g, "x"))
    .filter((text) => !/^x*$/.test(text));
  fc.assert(
    fc.property(secret, (value) => {
      const encoded = encodeURIComponent(value);
      const texts = [
        `call to https://user:${encoded}@example.test/p failed`,
        `call to https://example.test/p?key=${encoded} failed`,
        `authorization: ${value}`,
        `Bearer ${value}`,
      ];
      for (const text of texts) {
        const rest = redactText(text).replace("[redacted]", "");
        assert.ok(!rest.includes(value) && !rest.includes(encoded), `${text} → ${rest}`);
      }
    }),
  );
});

test("redaction - long texts of nothing but beginnings come to an end", { timeout: 20_000 }, () => {
  const parts = [
    "eyJ",
    "a-",
    "x://",
    "x://y:z",
    '"password":"',
    "Bearer ",
    "?a",
    "cookie",
    "-----BEGIN ",
    "\\",
  ];
  for (const part of parts) assert.ok(redactText(part.repeat(50_000)).length < 100_000);
});

test("redaction - a text of a megabyte is cut", () => {
  assert.ok(redactText("x".repeat(1_000_000)).length < 20_000);
});

test("redaction - names of secret fields are known in every spelling, names of Secrets are not secret", () => {
  const secret = ["Authorization", "Proxy-Authorization", "SET-COOKIE", "accessToken", "access_token"];
  secret.push("client_secret", "clientSecret", "password", "userPassword", "stringData", "data", "X-Api-Key");
  secret.push("refresh-token", "private_key", "X-CSRF-Token", "query");
  assert.deepEqual(
    secret.filter((name) => !isSecretName(name)),
    [],
  );
  const known = ["secretName", "credentialSecret", "tokenCacheHit", "application", "path", "code", "keys"];
  assert.deepEqual(
    known.filter((name) => isSecretName(name)),
    [],
  );
});
