import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import { withApiKey } from "../../../src/credentials/with-api-key.ts";
import { aSource, openCredentials, secretsNamed } from "../../doubles/credentials.ts";
import { startIdentityProvider } from "../../doubles/identity-provider.ts";

const never = new AbortController().signal;
const entry = { type: "ApiKey", secretName: "s" };

test("api key - it stands in the header that the Secret names, byte for byte, and Authorization is the caller's", async () => {
  await using opened = await openCredentials();
  const { provider, warnings } = opened.compile(entry, { apiKey: "k é=&", header: "X-Api-Key" });
  assert.deepEqual(warnings, []);
  assert.deepEqual([provider.type, provider.secretName, provider.fetches], ["ApiKey", "s", false]);
  const authorisation = provider.current();
  assert.equal(authorisation?.header, undefined);
  const { place, name, text } = authorisation?.apiKey ?? {};
  assert.deepEqual([place, name], ["header", "X-Api-Key"]);
  assert.deepEqual(Buffer.from(text ?? "", "latin1"), Buffer.from("k é=&"));
});

test("api key - it stands in the query parameter that the Secret names, form-encoded", async () => {
  await using opened = await openCredentials();
  const { provider } = opened.compile(entry, { apiKey: "k é=&", queryParameter: "api key" });
  const { place, name, text } = provider.current()?.apiKey ?? {};
  assert.deepEqual([place, name, text], ["query", "api key", "api+key=k+%C3%A9%3D%26"]);
});

test("api key - it goes to the CSRF endpoint too, as all credentials do", async () => {
  await using idp = await startIdentityProvider();
  await using opened = await openCredentials();
  const withCsrf = { ...entry, csrfInfo: { tokenEndpointURL: `${idp.csrfUrl}?a=1&key=other` } };
  for (const values of [{ header: "X-Key" }, { queryParameter: "key" }]) {
    const { provider, csrf } = opened.compile(withCsrf, { apiKey: "s3cret", ...values });
    const authorisation = provider.current();
    assert.ok(csrf && authorisation);
    // eslint-disable-next-line no-await-in-loop -- one place after the other
    assert.ok(!isCredentialFailure(await csrf.fetch(authorisation, never)));
  }
  const [inHeader, inQuery] = idp.requests;
  assert.deepEqual([inHeader?.head.header("x-key"), inHeader?.target], ["s3cret", "/csrf?a=1&key=other"]);
  assert.deepEqual([inQuery?.head.header("x-key"), inQuery?.target], [undefined, "/csrf?a=1&key=s3cret"]);
});

for (const [values, problem] of [
  [{ header: "X-Key" }, "'apiKey' is empty"],
  [{ apiKey: "", header: "X-Key" }, "'apiKey' is empty"],
  [{ apiKey: "s3cret" }, "exactly one of 'header' and 'queryParameter' has to be there"],
  [
    { apiKey: "s3cret", header: "X-Key", queryParameter: "key" },
    "exactly one of 'header' and 'queryParameter' has to be there",
  ],
  [{ apiKey: "s3cret", header: "X Key" }, "'header' is no header name"],
  [{ apiKey: "s3cret", header: "Host" }, "'header' cannot be Host"],
  [{ apiKey: "s3cret", header: "connection" }, "'header' cannot be connection"],
  [{ apiKey: "s3cret", header: "Cookie" }, "'header' cannot be Cookie"],
  [{ apiKey: "s3cret\r\nX-Evil: 1", header: "X-Key" }, "'apiKey' holds a line break or NUL"],
  [{ apiKey: "s3cret\u0001", header: "X-Key" }, "'apiKey' holds a control character"],
] as const) {
  test(`api key - ${JSON.stringify(values)} is refused without the key in the text`, async () => {
    await using opened = await openCredentials();
    const outcome = opened.credentials.compile(aSource(entry), secretsNamed({ s: { ...values } }));
    assert.ok(isCredentialFailure(outcome));
    assert.equal(
      credentialFailureText(outcome),
      `failed to read API for orders service, secret 's' is invalid: ${problem}`,
    );
  });
}

const key = { place: "query", name: "key", text: "key=s3cret" } as const;
for (const [query, expected] of [
  ["", "?key=s3cret"],
  ["?", "?key=s3cret"],
  ["?a=1", "?a=1&key=s3cret"],
  ["?a=1&", "?a=1&key=s3cret"],
  ["?a=1&&b", "?a=1&&b&key=s3cret"],
  ["?key=mine", "?key=s3cret"],
  ["?key", "?key=s3cret"],
  ["?a=1&key=mine&b=%20+&key=2&KEY=3", "?a=1&b=%20+&KEY=3&key=s3cret"],
  ["?k%65y=mine", "?key=s3cret"],
  ["?%6B%65%79=mine&a=%", "?a=%&key=s3cret"],
  ["?keys=1&=key", "?keys=1&=key&key=s3cret"],
] as const) {
  test(`api key - with the query ${JSON.stringify(query)} it is there once, and all else as it was`, () => {
    assert.equal(withApiKey(query, key), expected);
    assert.equal(withApiKey(query, { ...key, place: "header" }), query);
    assert.equal(withApiKey(query, undefined), query);
  });
}
