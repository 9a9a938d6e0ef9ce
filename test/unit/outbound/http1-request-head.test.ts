import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { TransportError } from "../../../src/outbound/transport-error.ts";
import { serialiseHead } from "../../../src/outbound/http1/request-head.ts";
import type { OutgoingRequest } from "../../../src/outbound/outgoing-request.ts";
import { framingOf, MessageReader, type MessageHead } from "../../doubles/http-message.ts";

function aRequest(changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { method: "GET", path: "/a?b=c", headers: ["Host", "target.test"], body: undefined, ...changes };
}

const unsendable = { name: "TransportError", code: "UNSENDABLE_REQUEST" };
const mismatch = { name: "TransportError", code: "REQUEST_LENGTH_MISMATCH" };

test("http1 request head - exactly what it is given, and nothing that HTTP does not need", () => {
  const headers = ["Host", "target.test", "X-One", " a ", "x-one", "", "Authorization", "Bearer \xfc"];
  assert.deepEqual(serialiseHead(aRequest({ path: "/%7C'(\xe4)?", headers })), {
    text: "GET /%7C'(\xe4)? HTTP/1.1\r\nHost: target.test\r\nX-One:  a \r\nx-one: \r\nAuthorization: Bearer \xfc\r\n\r\n",
    bodyLength: 0,
  });
});

for (const [what, changes, line, bodyLength] of [
  ["GET without a body", {}, undefined, 0],
  ["DELETE without a body", { method: "DELETE" }, undefined, 0],
  ["POST without a body", { method: "POST" }, "Content-Length: 0", 0],
  ["PUT without a body", { method: "PUT" }, "Content-Length: 0", 0],
  ["PATCH with a length of 0", { method: "PATCH", headers: ["content-length", "0"] }, "content-length: 0", 0],
  ["GET with a length of 0", { headers: ["Content-Length", "0"] }, "Content-Length: 0", 0],
  ["a body of bytes", { body: Buffer.from("hello") }, "Content-Length: 5", 5],
  ["an empty body of bytes", { body: Buffer.alloc(0) }, "Content-Length: 0", 0],
  [
    "a body of bytes whose length is said",
    { body: Buffer.from("hello"), headers: ["CONTENT-LENGTH", "05"] },
    "CONTENT-LENGTH: 05",
    5,
  ],
  ["a stream", { body: Readable.from([]) }, "Transfer-Encoding: chunked", undefined],
  [
    "a stream whose length is said",
    { body: Readable.from([]), headers: ["Content-Length", "7"] },
    "Content-Length: 7",
    7,
  ],
] as const) {
  test(`http1 request head - ${what} is framed by ${line ?? "nothing"}`, () => {
    const head = serialiseHead(aRequest(changes));
    const framing = head.text
      .split("\r\n")
      .filter((one) => /^(content-length|transfer-encoding):/i.test(one));
    assert.deepEqual(framing, line === undefined ? [] : [line]);
    assert.equal(head.bodyLength, bodyLength);
  });
}

for (const [flaw, changes] of [
  ["an empty method", { method: "" }],
  ["a method with a space", { method: "GET /x" }],
  ["a method with a line break", { method: "GET\r\n" }],
  ["CONNECT, after which another protocol would follow", { method: "CONNECT" }],
  ["an empty path", { path: "" }],
  ["a path with a space", { path: "/a b" }],
  ["a path with a line break", { path: "/a\r\nX: y" }],
  ["a path with a line feed", { path: "/a\n" }],
  ["a path with a tab", { path: "/a\tb" }],
  ["a path with NUL", { path: "/a\0" }],
  ["a path with DEL", { path: "/a\x7f" }],
  ["a path beyond Latin-1", { path: "/\u0141" }],
  ["a path whose low byte is a line feed", { path: "/\u010a" }],
  ["an empty name", { headers: ["", "a"] }],
  ["a name with a space", { headers: ["X One", "a"] }],
  ["a name with a colon", { headers: ["X:One", "a"] }],
  ["a name with a line break", { headers: ["X-One: a\r\nX-Two", "b"] }],
  ["a name beyond ASCII", { headers: ["X-\xd6ne", "a"] }],
  ["a value with a line break", { headers: ["X-One", "a\r\nX-Two: b"] }],
  ["a value with a line feed", { headers: ["X-One", "a\nb"] }],
  ["a value with a carriage return", { headers: ["X-One", "a\rb"] }],
  ["a value with NUL", { headers: ["X-One", "a\0b"] }],
  ["a value whose low bytes are a line break", { headers: ["X-One", "a\u010d\u010aX-Two: b"] }],
  ["a coding", { headers: ["Transfer-Encoding", "chunked"], body: Readable.from([]) }],
  ["a coding beside a body of bytes", { headers: ["transfer-encoding", "gzip"], body: Buffer.from("a") }],
] as const) {
  test(`http1 request head - ${flaw} is not sent`, () => {
    assert.throws(() => serialiseHead(aRequest(changes)), unsendable);
  });
}

for (const [flaw, changes] of [
  ["a length without a body", { headers: ["Content-Length", "5"] }],
  [
    "a length that is not that of the bytes",
    { headers: ["Content-Length", "6"], body: Buffer.from("hello") },
  ],
  ["two lengths", { headers: ["Content-Length", "0", "content-length", "0"] }],
  [
    "two lengths of a stream",
    { headers: ["Content-Length", "5", "Content-Length", "6"], body: Readable.from([]) },
  ],
  ["a list of lengths", { headers: ["Content-Length", "5, 5"], body: Buffer.from("hello") }],
  ["a hexadecimal length", { headers: ["Content-Length", "0x5"], body: Buffer.from("hello") }],
  ["a length with a sign", { headers: ["Content-Length", "+5"], body: Readable.from([]) }],
  ["a length that is no number", { headers: ["Content-Length", "five"], body: Readable.from([]) }],
  ["an empty length", { headers: ["Content-Length", ""], body: Buffer.alloc(0) }],
] as const) {
  test(`http1 request head - ${flaw} would shift the next request, so it is not sent`, () => {
    assert.throws(() => serialiseHead(aRequest(changes)), mismatch);
  });
}

test("http1 request head - a proxy is asked with the whole URL and its credentials", () => {
  const proxied = { origin: "http://target.test:81", authorization: "Basic YTpi" };
  const { text } = serialiseHead(aRequest(), proxied);
  assert.equal(
    text,
    "GET http://target.test:81/a?b=c HTTP/1.1\r\nHost: target.test\r\nProxy-Authorization: Basic YTpi\r\n\r\n",
  );
  const anonymous = serialiseHead(aRequest(), { ...proxied, authorization: undefined });
  assert.doesNotMatch(anonymous.text, /Proxy/);
});

test("http1 request head - whatever it is given, one request is written or none", () => {
  const anything = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 0x10ff }).map((code) => String.fromCharCode(code)) }),
    fc.constantFrom("\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n", "a\r\n", "\u010d\u010a", "5", "chunked"),
  );
  const name = fc.oneof(anything, fc.constantFrom("X-One", "Content-Length", "Transfer-Encoding"));
  const requests = fc.record({
    method: fc.oneof(fc.constantFrom("GET", "POST", "HEAD"), anything),
    path: fc.oneof(fc.constant("/"), anything),
    headers: fc.array(fc.tuple(name, anything), { maxLength: 4 }).map((pairs) => pairs.flat()),
    body: fc.option(
      fc.string().map((text) => Buffer.from(text)),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(requests, (request) => {
      const text = textOf(request);
      if (text === undefined) return;
      const heads: MessageHead[] = [];
      const reader = new MessageReader({
        head: (head) => {
          heads.push(head);
          return framingOf(head, { bytes: 0 });
        },
        body: () => {},
        end: () => {},
      });
      reader.feed(Buffer.concat([Buffer.from(text, "latin1"), request.body ?? Buffer.alloc(0)]));
      assert.equal(heads.length, 1);
      assert.equal(reader.isInside, false);
      assert.equal(heads[0]?.startLine, `${request.method} ${request.path} HTTP/1.1`);
    }),
    { numRuns: 3000 },
  );
});

/** undefined when it is not sent. */
function textOf(request: OutgoingRequest): string | undefined {
  try {
    return serialiseHead(request).text;
  } catch (error) {
    assert.ok(error instanceof TransportError);
    return undefined;
  }
}
