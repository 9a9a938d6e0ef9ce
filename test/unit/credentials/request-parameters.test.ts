import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { credentialFailureText, isCredentialFailure } from "../../../src/credentials/failures.ts";
import { NO_PARAMETERS, parseRequestParameters } from "../../../src/credentials/request-parameters.ts";

function parse(secret: Readonly<Record<string, string>>) {
  const data = new Map(Object.entries(secret).map(([key, value]) => [key, Buffer.from(value)]));
  return parseRequestParameters(data, "orders");
}

function parsed(secret: Readonly<Record<string, string>>) {
  const parameters = parse(secret);
  assert.ok(!isCredentialFailure(parameters), "is a failure");
  return parameters;
}

function failureOf(secret: Readonly<Record<string, string>>): string {
  const failure = parse(secret);
  assert.ok(isCredentialFailure(failure), "is no failure");
  return credentialFailureText(failure);
}

test("request parameters - headers come flat with all their values, parameters sorted and encoded", () => {
  const { headers, query } = parsed({
    headers: '{"X-Api-Key":["k1"],"X-Tag":["a","b"],"X-None":[]}',
    queryParameters: '{"tag":["a","b c"],"sap-language":["EN"],"$filter":["a eq \'b\'"],"none":[]}',
  });
  assert.deepEqual(headers, ["X-Api-Key", "k1", "X-Tag", "a", "X-Tag", "b"]);
  assert.deepEqual(query, [
    { name: "$filter", encoded: "%24filter=a+eq+%27b%27" },
    { name: "sap-language", encoded: "sap-language=EN" },
    { name: "tag", encoded: "tag=a&tag=b+c" },
  ]);
});

test("request parameters - a Secret with neither key has none", () => {
  assert.equal(parsed({ other: "x" }), NO_PARAMETERS);
  assert.equal(parsed({ headers: "{}", queryParameters: "{}" }), NO_PARAMETERS);
});

test("request parameters - names that the connection sets itself are left out, whatever their case", () => {
  const names = ["Host", "content-length", "Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];
  const further = ["Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "PROXY-AUTHORIZATION", "expect"];
  const headers = Object.fromEntries([...names, ...further, "X-Kept"].map((name) => [name, ["v"]]));
  assert.deepEqual(parsed({ headers: JSON.stringify(headers) }).headers, ["X-Kept", "v"]);
});

test("request parameters - text beyond ASCII is sent as UTF-8", () => {
  const { headers } = parsed({ headers: '{"X-City":["Köln"]}' });
  assert.equal(Buffer.from(headers[1] ?? "", "latin1").toString(), "Köln");
});

for (const [key, noun] of [
  ["headers", "headers"],
  ["queryParameters", "query parameters"],
] as const) {
  for (const [value, cause] of [
    ["", "unexpected end of JSON input"],
    ["{", "the value is not JSON"],
    ["hush", "the value is not JSON"],
    ["null", "the value is not a JSON object"],
    ["[]", "the value is not a JSON object"],
    ['"hush"', "the value is not a JSON object"],
    ['{"X":"hush"}', "a member is not an array of strings"],
    ['{"X":[1]}', "a member is not an array of strings"],
    ['{"X":["a",null]}', "a member is not an array of strings"],
    ['{"X":null}', "a member is not an array of strings"],
    ['{"X":{"0":"hush"}}', "a member is not an array of strings"],
  ] as const) {
    test(`request parameters - ${key} of ${JSON.stringify(value)} is a failure that quotes nothing`, () => {
      assert.equal(
        failureOf({ [key]: value }),
        `failed to read API for orders service, Failed to unmarshal ${noun}, ${cause}`,
      );
    });
  }
}

test("request parameters - a header that would break out of its line is refused", () => {
  for (const value of ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0", "\u007f"]) {
    assert.equal(
      failureOf({ headers: JSON.stringify({ "X-Api-Key": [value] }) }),
      "failed to read API for orders service, Failed to unmarshal headers, a value of 'X-Api-Key' holds a line break or another control character",
    );
  }
  for (const name of ["", "X Y", "X:", "X\r\nEvil", "Ä"]) {
    assert.equal(
      failureOf({ headers: JSON.stringify({ [name]: ["v"] }) }),
      "failed to read API for orders service, Failed to unmarshal headers, a member's name is not a header name",
    );
  }
});

test("request parameters - a parameter cannot break out of its query, whatever it holds", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.array(fc.string(), { minLength: 1 })), (lists) => {
      const { query } = parsed({ queryParameters: JSON.stringify(lists) });
      const joined = query.map(({ encoded }) => encoded).join("&");
      assert.match(joined, /^[\x21-\x7e]*$/);
      const read = Object.groupBy(new URLSearchParams(joined), ([name]) => name);
      for (const [name, values] of Object.entries(lists)) {
        assert.deepEqual(
          read[name]?.map(([, value]) => value),
          values,
        );
      }
    }),
  );
});

test("request parameters - headers of any JSON are clean or refused", () => {
  const values = fc.dictionary(fc.string(), fc.oneof(fc.array(fc.string()), fc.jsonValue()));
  fc.assert(
    fc.property(values, (headers) => {
      const parameters = parse({ headers: JSON.stringify(headers) });
      if (isCredentialFailure(parameters)) return true;
      return parameters.headers.every((text, index) =>
        index % 2 === 0 ? /^[\w!#$%&'*+\-.^`|~]+$/.test(text) : /^[\t\x20-\x7e\x80-\xff]*$/.test(text),
      );
    }),
  );
});
