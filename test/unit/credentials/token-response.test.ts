import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import { parseTokenResponse } from "../../../src/credentials/token-response.ts";

const YEAR = 366 * 24 * 3_600_000;

function lifetimeFor(expiresIn: string): number {
  const parsed = parseTokenResponse(Buffer.from(`{"access_token":"t","expires_in":${expiresIn}}`));
  assert.ok(!isCredentialFailure(parsed), expiresIn);
  return parsed.lifetime;
}

function failureFor(body: string): string {
  const parsed = parseTokenResponse(Buffer.from(body));
  assert.ok(isCredentialFailure(parsed), body);
  return credentialFailureText(parsed);
}

test("token response - a token with its lifetime is read, other members are ignored", () => {
  const body = '{"scope":"a b","expires_in":3600,"token_type":"mac","access_token":"abc.DEF-_~+/=="}';
  assert.deepEqual(parseTokenResponse(Buffer.from(body)), {
    kind: "issued-token",
    accessToken: "abc.DEF-_~+/==",
    lifetime: 3_600_000,
  });
});

for (const [expiresIn, lifetime] of [
  ["3600", 3_600_000],
  ['"3600"', 3_600_000],
  ['" 60 "', 60_000],
  ["3599.5", 3_599_500],
  ["0.5", 500],
  ["1e3", 1_000_000],
  ["1e9", YEAR],
  ["1e308", YEAR],
  ["1e999", YEAR],
  ["99999999999999999999999", YEAR],
  ["0", 300_000],
  ["-0", 300_000],
  ["-1", 300_000],
  ["-1e308", 300_000],
  ['"0"', 300_000],
  ['"-5"', 300_000],
  ['""', 300_000],
  ["null", 300_000],
] as const) {
  test(`token response - expires_in ${expiresIn} means ${lifetime} ms`, () => {
    assert.equal(lifetimeFor(expiresIn), lifetime);
  });
}

test("token response - without expires_in a token is kept for five minutes", () => {
  const parsed = parseTokenResponse(Buffer.from('{"access_token":"t"}'));
  assert.ok(!isCredentialFailure(parsed));
  assert.equal(parsed.lifetime, 300_000);
});

for (const expiresIn of ['"soon"', '"NaN"', '"Infinity"', '"0x10"', '"1e3"', "true", "[3600]", "{}"]) {
  test(`token response - expires_in ${expiresIn} is a failure`, () => {
    assert.equal(
      failureFor(`{"access_token":"t","expires_in":${expiresIn}}`),
      "failed to unmarshal token response body: expires_in is not a number",
    );
  });
}

for (const body of ["{}", "null", '{"access_token":""}', '{"access_token":null}', '{"token":"t"}']) {
  test(`token response - ${body} has no access_token`, () => {
    assert.equal(failureFor(body), "token response has no access_token");
  });
}

for (const [body, cause] of [
  ["", "unexpected end of JSON input"],
  ["<html>secret</html>", "the answer is not JSON"],
  ['{"access_token":"secret"', "the answer is not JSON"],
  ['{"access_token":"secret"} trailing', "the answer is not JSON"],
  ["[]", "the answer is not a JSON object"],
  ['"secret"', "the answer is not a JSON object"],
  ["17", "the answer is not a JSON object"],
  ['{"access_token":17}', "access_token is not a string"],
  ['{"access_token":{"secret":1}}', "access_token is not a string"],
] as const) {
  test(`token response - ${JSON.stringify(body)} is a failure that quotes nothing`, () => {
    assert.equal(failureFor(body), `failed to unmarshal token response body: ${cause}`);
  });
}

test("token response - a token that a header cannot carry is refused", () => {
  const tokens = ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", " a", "a ", "\ta", "ä", "a\u2028b", "\u007f"];
  for (const token of tokens) {
    assert.equal(
      failureFor(JSON.stringify({ access_token: token })),
      "failed to unmarshal token response body: access_token holds characters that a header cannot carry",
    );
  }
});

test("token response - any bytes give a token or a failure, and no failure quotes them", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
      const parsed = parseTokenResponse(Buffer.from(body));
      if (!isCredentialFailure(parsed)) return /^[\x20-\x7e]+$/.test(parsed.accessToken);
      return !/[0-9"]/.test(credentialFailureText(parsed));
    }),
  );
});
