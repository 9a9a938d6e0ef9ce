import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { requestFields } from "../../../src/outbound/http2/request-fields.ts";
import type { OutgoingRequest } from "../../../src/outbound/outgoing-request.ts";

function fieldsOf(request: Partial<OutgoingRequest>) {
  return requestFields(
    { method: "GET", path: "/", headers: ["Host", "h:1"], body: undefined, ...request },
    "https",
  );
}

test("http2 request fields - pseudo-header fields come first, names are in lower case, Host is the authority", () => {
  const headers = ["X-B", "1", "Host", "h:1", "Cookie", "a=1", "cookie", "b=2", "X-B", "\u00e9"];
  const { fields } = fieldsOf({ path: "/a%zz/../\u00e4?q=1", headers });
  assert.deepEqual(fields, [
    ...[":method", "GET", ":scheme", "https", ":authority", "h:1", ":path", "/a%zz/../\u00e4?q=1"],
    ...["x-b", "1", "cookie", "a=1", "cookie", "b=2", "x-b", "\u00e9"],
  ]);
});

test("http2 request fields - what concerns an HTTP/1.1 connection is left out, but for TE: trailers", () => {
  const names = [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Transfer-Encoding",
    "Upgrade",
    "Trailer",
    "HTTP2-Settings",
  ];
  for (const name of names) {
    assert.equal(fieldsOf({ headers: ["Host", "h", name, "x"] }).fields.length, 8, name);
  }
  assert.deepEqual(fieldsOf({ headers: ["TE", "trailers"] }).fields.slice(8), ["te", "trailers"]);
  assert.deepEqual(fieldsOf({ headers: ["TE", "gzip"] }).fields.slice(8), []);
});

test("http2 request fields - credentials and keys are to be remembered by no table", () => {
  const names = ["Authorization", "Cookie", "X-Api-Key", "x-csrf-token", "Access-Token", "X-Own"];
  const { secret } = fieldsOf({ headers: names.flatMap((name) => [name, "v"]) });
  assert.deepEqual(secret, ["authorization", "cookie", "x-api-key", "x-csrf-token", "access-token"]);
});

test("http2 request fields - the length of a body is said where it is known", () => {
  const lengthOf = (request: Partial<OutgoingRequest>) => {
    const { fields, bodyLength } = fieldsOf(request);
    return [fields[fields.indexOf("content-length") + 1], bodyLength];
  };
  const headers = ["Host", "h", "Content-Length", "3"];
  assert.deepEqual(lengthOf({ method: "POST", headers, body: Buffer.from("abc") }), ["3", 3]);
  assert.deepEqual(lengthOf({ method: "POST", body: Buffer.from("abc") }), ["3", 3]);
  assert.deepEqual(lengthOf({ method: "POST", headers, body: Readable.from([]) }), ["3", 3]);
  assert.deepEqual(lengthOf({ method: "PUT" }), ["0", 0]);
  for (const request of [{}, { method: "POST", body: Readable.from([]) }]) {
    assert.ok(!fieldsOf(request).fields.includes("content-length"));
  }
});

const UNSENDABLE: Readonly<Record<string, Partial<OutgoingRequest>>> = {
  "a line break in a value": { headers: ["X", "a\r\nb: 1"] },
  "a line break in a name": { headers: ["X\n", "a"] },
  "a pseudo-header field": { headers: [":path", "/other"] },
  "NUL in a value": { headers: ["X", "a\0"] },
  "a blank in the path": { path: "/a b" },
  "an empty path": { path: "" },
  "a method that is no token": { method: "GET /" },
  CONNECT: { method: "CONNECT" },
  "an upgrade": { upgrade: { protocol: "websocket", switched: () => {} } },
  "a length that is not that of the body": { headers: ["Content-Length", "4"], body: Buffer.from("abc") },
  "two lengths": { headers: ["Content-Length", "3", "content-length", "3"], body: Buffer.from("abc") },
  "a length that is no number": { headers: ["Content-Length", "+3"], body: Buffer.from("abc") },
};
for (const [what, request] of Object.entries(UNSENDABLE)) {
  test(`http2 request fields - ${what} is refused`, () => {
    assert.throws(() => fieldsOf(request), { code: /^(UNSENDABLE_REQUEST|REQUEST_LENGTH_MISMATCH)$/ });
  });
}
