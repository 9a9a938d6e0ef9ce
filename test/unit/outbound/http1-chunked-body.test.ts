import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnswer } from "../../doubles/parsed-answer.ts";

const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** What comes of a chunked body: in one read, and in one read for every byte. */
function decode(body: string) {
  const whole = parseAnswer([HEAD + body], { closed: false });
  const single = parseAnswer([HEAD, ...body.split("")], { closed: false });
  assert.equal(whole.error?.code, single.error?.code);
  // A read that is refused is refused with all that it brought.
  if (!whole.error) assert.deepEqual(single, whole);
  return whole;
}

for (const [what, body, data, trailers] of [
  ["one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello", []],
  ["several chunks", "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", "hello", []],
  ["no chunk", "0\r\n\r\n", "", []],
  ["several zeros", "000\r\n\r\n", "", []],
  ["sizes with leading zeros", "0000000000005\r\nhello\r\n0\r\n\r\n", "hello", []],
  ["sizes in either case", `1A\r\n${"a".repeat(26)}\r\n1b\r\n${"b".repeat(27)}\r\n0\r\n\r\n`, undefined, []],
  ["line breaks as data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", []],
  ["chunks as data", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n", []],
  ["extensions", '5;a;b="c d;\xe4"; e=f\r\nhello\r\n0;last\r\n\r\n', "hello", []],
  ["spaces after a size", "5 \t\r\nhello\r\n0 \r\n\r\n", "hello", []],
  ["spaces before an extension", "5 ;a\r\nhello\r\n0\r\n\r\n", "hello", []],
  ["trailers", "0\r\nX-Sum: 1\r\nx-sum:\t2 \r\n\r\n", "", ["X-Sum", "1", "x-sum", "2"]],
] as const) {
  test(`http1 chunked body - ${what}`, () => {
    const parsed = decode(body);
    assert.equal(parsed.error, undefined);
    assert.equal(parsed.body, data ?? `${"a".repeat(26)}${"b".repeat(27)}`);
    assert.deepEqual(parsed.ended, [trailers]);
    assert.equal(parsed.excess, false);
  });
}

for (const [flaw, body] of [
  ["no size", "\r\nhello\r\n0\r\n\r\n"],
  ["a size that is none", "x\r\nhello\r\n0\r\n\r\n"],
  ["a negative size", "-5\r\nhello\r\n0\r\n\r\n"],
  ["a size with a sign", "+5\r\nhello\r\n0\r\n\r\n"],
  ["a size with a prefix", "0x5\r\nhello\r\n0\r\n\r\n"],
  ["a size with an underscore", "1_0\r\nhello\r\n0\r\n\r\n"],
  ["a space before the size", " 5\r\nhello\r\n0\r\n\r\n"],
  ["a space in the size", "5 5\r\nhello\r\n0\r\n\r\n"],
  ["a size that no number holds", "fffffffffffffff\r\nhello\r\n0\r\n\r\n"],
  ["a size that would overflow to 5", "10000000000000005\r\nhello\r\n0\r\n\r\n"],
  ["a size that a line feed ends", "5\nhello\r\n0\r\n\r\n"],
  ["a size that a carriage return ends", "5\rhello\r\n0\r\n\r\n"],
  ["an extension with a line feed", "5;a\nb\r\nhello\r\n0\r\n\r\n"],
  ["an extension with a carriage return", "5;a\rb\r\nhello\r\n0\r\n\r\n"],
  ["an extension with NUL", "5;a\0b\r\nhello\r\n0\r\n\r\n"],
  ["a chunk that is longer than its size", "4\r\nhello\r\n0\r\n\r\n"],
  ["a chunk that is shorter than its size", "6\r\nhello\r\n0\r\n\r\n"],
  ["a chunk that a line feed ends", "5\r\nhello\n0\r\n\r\n"],
  ["a chunk that a carriage return ends", "5\r\nhello\r0\r\n\r\n"],
  ["a chunk that nothing ends", "5\r\nhello0\r\n\r\n"],
  ["an endless size line", `5;${"a".repeat(2000)}`],
  ["a folded trailer", "0\r\nX-One: a\r\n b\r\n\r\n"],
  ["a trailer without a colon", "0\r\nX-One\r\n\r\n"],
  ["a trailer with a space before the colon", "0\r\nX-One : a\r\n\r\n"],
  ["a trailer with NUL", "0\r\nX-One: a\0\r\n\r\n"],
  ["a trailer with a bare line feed", "0\r\nX-One: a\nX-Two: b\r\n\r\n"],
  ["a length in the trailers", "0\r\nContent-Length: 5\r\n\r\n"],
  ["a coding in the trailers", "0\r\nX: y\r\ntransfer-encoding: chunked\r\n\r\n"],
  ["a line feed for the last line", "0\r\n\nHTTP/1.1 200 OK\r\n\r\n"],
] as const) {
  test(`http1 chunked body - ${flaw} is refused`, () => {
    const parsed = decode(body);
    assert.equal(parsed.error?.code, "MALFORMED_ANSWER");
    assert.deepEqual(parsed.ended, []);
  });
}

test("http1 chunked body - endless trailers are refused", () => {
  const lines = `X-Filler: ${"x".repeat(1000)}\r\n`.repeat(70);
  for (const end of ["", "\r\n"]) {
    const parsed = parseAnswer([`${HEAD}0\r\n`, lines + end], { closed: false });
    assert.equal(parsed.error?.code, "HEAD_TOO_LARGE");
  }
});

test("http1 chunked body - chunks of one read are handed on in one piece, data of the next read apart", () => {
  const pieces: string[] = [];
  const one = "1\r\nx\r\n".repeat(1000);
  const parsed = parseAnswer([HEAD + one, `${one}0\r\n\r\n`], { heard: (piece) => pieces.push(piece) });
  assert.equal(parsed.body, "x".repeat(2000));
  assert.deepEqual(
    pieces.map(({ length }) => length),
    [1000, 1000],
  );
});

test("http1 chunked body - a body that breaks off is too short, wherever it does", () => {
  const body = "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n";
  for (let length = 0; length < body.length; length++) {
    const parsed = parseAnswer([HEAD, body.slice(0, length)]);
    assert.equal(parsed.error?.code, "ANSWER_TOO_SHORT", `after ${length} bytes`);
    assert.deepEqual(parsed.ended, []);
  }
});

test("http1 chunked body - what follows the end is told and not read", () => {
  for (const excess of ["\r\n", "0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "\0"]) {
    const parsed = parseAnswer([`${HEAD}5\r\nhello\r\n0\r\nX: y\r\n\r\n${excess}`]);
    assert.equal(parsed.excess, true);
    assert.deepEqual([parsed.body, parsed.started.length, parsed.late], ["hello", 1, 0]);
  }
});
