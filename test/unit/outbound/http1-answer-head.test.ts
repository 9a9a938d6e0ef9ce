import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TransportError } from "../../../src/outbound/transport-error.ts";
import { parseAnswerHead } from "../../../src/outbound/http1/answer-head.ts";

const malformed = { name: "TransportError", code: "MALFORMED_ANSWER" };

test("http1 answer head - status, headers as they stand, and how the body is delimited", () => {
  const head = parseAnswerHead(
    "HTTP/1.1 200 All \xfc is well\r\nX-One:  a\t \r\nx-one: b\r\nContent-Length: 012\r\nEmpty:\r\nKeep-Alive: max=9, timeout=15",
  );
  assert.deepEqual(head, {
    status: 200,
    headers: [
      ["X-One", "a"],
      ["x-one", "b"],
      ["Content-Length", "012"],
      ["Empty", ""],
      ["Keep-Alive", "max=9, timeout=15"],
    ].flat(),
    contentLength: 12,
    chunked: false,
    keepAlive: true,
    keepAliveTimeout: 15_000,
  });
});

for (const statusLine of ["HTTP/1.1 204 ", "HTTP/1.1 204", "HTTP/1.0 404 Not: Found", "HTTP/1.1 999 odd"]) {
  test(`http1 answer head - "${statusLine}" is a status line`, () => {
    assert.deepEqual(parseAnswerHead(statusLine).headers, []);
  });
}

for (const statusLine of [
  "",
  "200 OK",
  "HTTP/1.1200 OK",
  "HTTP/1.1  200 OK",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 2000 OK",
  "HTTP/1.1 099 OK",
  "HTTP/1.1 +20 OK",
  "HTTP/1.1 200OK",
  "HTTP/1.1\t200 OK",
  "HTTP/2 200",
  "HTTP/2.0 200 OK",
  "HTTP/0.9 200 OK",
  "HTTP/1.2 200 OK",
  "http/1.1 200 OK",
  " HTTP/1.1 200 OK",
  "ICY 200 OK",
  "GET / HTTP/1.1",
]) {
  test(`http1 answer head - ${JSON.stringify(statusLine)} is none`, () => {
    assert.throws(() => parseAnswerHead(statusLine), malformed);
    assert.throws(() => parseAnswerHead(`${statusLine}\r\nContent-Length: 0`), malformed);
  });
}

for (const [flaw, lines] of [
  ["a space before the colon", "Content-Length : 5"],
  ["a tab before the colon", "Content-Length\t: 5"],
  ["a folded line", "X-One: a\r\n b"],
  ["a folded line with a tab", "X-One: a\r\n\tb"],
  ["a first line that is folded", " X-One: a"],
  ["a line without a colon", "X-One"],
  ["a line without a colon before others", "X-One\r\nX-Two: b"],
  ["a header without a name", ": a"],
  ["a name that is no token", "X(One): a"],
  ["a name beyond ASCII", "X-\xd6ne: a"],
  ["an empty line inside", "X-One: a\r\n\r\nX-Two: b"],
  ["a bare line feed", "X-One: a\nContent-Length: 5"],
  ["a bare carriage return", "X-One: a\rContent-Length: 5"],
  ["a carriage return before CRLF", "X-One: a\r\r\nX-Two: b"],
  ["a line feed at the end", "X-One: a\n"],
  ["NUL in a value", "X-One: a\0b"],
  ["NUL in a name", "X-\0One: a"],
  ["a vertical tab", "X-One: a\x0bb"],
  ["an escape", "X-One: \x1b[31m"],
  ["DEL", "X-One: a\x7f"],
] as const) {
  test(`http1 answer head - ${flaw} is refused`, () => {
    assert.throws(() => parseAnswerHead(`HTTP/1.1 200 OK\r\n${lines}`), malformed);
  });
}

for (const [flaw, lines] of [
  ["two equal lengths", "Content-Length: 5\r\nContent-Length: 5"],
  ["two different lengths", "Content-Length: 5\r\ncontent-length: 6"],
  ["a list of lengths", "Content-Length: 5, 5"],
  ["an empty length", "Content-Length:"],
  ["a negative length", "Content-Length: -5"],
  ["a length with a sign", "Content-Length: +5"],
  ["a hexadecimal length", "Content-Length: 0x5"],
  ["a length with an exponent", "Content-Length: 5e3"],
  ["a length with a fraction", "Content-Length: 5.0"],
  ["a length with a space in it", "Content-Length: 5 5"],
  ["a length with a unit", "Content-Length: 5B"],
  ["a length that no number holds", "Content-Length: 9007199254740993"],
  ["a length of many digits", "Content-Length: 00000000000000000000005"],
  ["digits of another script", "Content-Length: \xb2"],
  ["a length and a coding", "Content-Length: 5\r\nTransfer-Encoding: chunked"],
  ["a coding and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5"],
  ["chunked twice", "Transfer-Encoding: chunked, chunked"],
  ["chunked in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"],
  ["another coding", "Transfer-Encoding: gzip"],
  ["another coding before chunked", "Transfer-Encoding: gzip, chunked"],
  ["another coding after chunked", "Transfer-Encoding: chunked, identity"],
  ["identity", "Transfer-Encoding: identity"],
  ["no coding at all", "Transfer-Encoding:"],
  ["a coding in quotes", 'Transfer-Encoding: "chunked"'],
  ["a coding with a parameter", "Transfer-Encoding: chunked;q=1"],
  ["half a coding", "Transfer-Encoding: chunke"],
  ["a coding with a comma", "Transfer-Encoding: ,chunked"],
] as const) {
  test(`http1 answer head - ${flaw}: two readers could find different ends, so it is refused`, () => {
    assert.throws(() => parseAnswerHead(`HTTP/1.1 200 OK\r\n${lines}`), malformed);
  });
}

test("http1 answer head - a coding in an HTTP/1.0 answer is refused", () => {
  assert.throws(() => parseAnswerHead("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked"), malformed);
});

test("http1 answer head - the coding is recognised in any case", () => {
  assert.equal(parseAnswerHead("HTTP/1.1 200 OK\r\ntransfer-ENCODING:\tChUnKeD ").chunked, true);
});

for (const [lines, keepAlive] of [
  ["HTTP/1.1 200 OK", true],
  ["HTTP/1.1 200 OK\r\nConnection: keep-alive", true],
  ["HTTP/1.1 200 OK\r\nConnection: close", false],
  ["HTTP/1.1 200 OK\r\nconnection: Foo , CLOSE", false],
  ["HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: close", false],
  ["HTTP/1.1 200 OK\r\nConnection: closed, enclose", true],
  ["HTTP/1.0 200 OK", false],
  ["HTTP/1.0 200 OK\r\nConnection: keep-alive", false],
] as const) {
  test(`http1 answer head - ${JSON.stringify(lines)} ${keepAlive ? "keeps" : "ends"} the connection`, () => {
    assert.equal(parseAnswerHead(lines).keepAlive, keepAlive);
  });
}

for (const [value, milliseconds] of [
  ["timeout=5", 5000],
  ["TIMEOUT = 5, max=100", 5000],
  ["max=100,timeout=0", 0],
  ["timeout=12345678", undefined],
  ["idletimeout=5", undefined],
  ["timeout=soon", undefined],
  ["", undefined],
] as const) {
  test(`http1 answer head - Keep-Alive: ${value} means ${milliseconds ?? "nothing"}`, () => {
    const { keepAliveTimeout } = parseAnswerHead(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}`);
    assert.equal(keepAliveTimeout, milliseconds);
  });
}

test("http1 answer head - whatever the bytes, it is parsed or refused as malformed", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "\r\n",
      "\r\nX-One: a",
      "\r\nContent-Length: 3",
      "\r\nTransfer-Encoding: chunked",
      ":",
      " ",
      "\t",
      "\r",
      "\n",
    ),
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `HTTP/1.1 200 OK${pieces.join("")}`;
      const headers = headersOf(text);
      // Whoever writes these headers again writes the same lines, and no line more.
      for (const part of headers ?? []) assert.doesNotMatch(part, /[\0\r\n]/);
      if (headers) assert.equal(headers.length / 2, text.replace(/\r\n$/, "").split("\r\n").length - 1);
    }),
    { numRuns: 2000 },
  );
});

/** undefined when it is refused as malformed. */
function headersOf(text: string): readonly string[] | undefined {
  try {
    return parseAnswerHead(text).headers;
  } catch (error) {
    assert.ok(error instanceof TransportError);
    assert.equal(error.code, "MALFORMED_ANSWER");
    return undefined;
  }
}
