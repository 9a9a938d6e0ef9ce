import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAnswer } from "../../../src/http/file-answer.ts";

const modified = new Date("2026-03-04T05:06:07.890Z");
const file = { bytes: Buffer.from("0123456789"), contentType: "text/plain", modified };
const [BEFORE, AT, AFTER] = [
  "Wed, 04 Mar 2026 05:06:06 GMT",
  "Wed, 04 Mar 2026 05:06:07 GMT",
  "Wed, 04 Mar 2026 05:06:08 GMT",
] as const;

const statusOf = (headers: Parameters<typeof fileAnswer>[0]) => fileAnswer(headers, file).status;

test("file answer - dates decide in whole seconds, and one that cannot be read counts as none", () => {
  assert.deepEqual(
    [BEFORE, AT, AFTER, "soon"].map((date) => statusOf({ "if-modified-since": date })),
    [200, 304, 304, 200],
  );
  assert.deepEqual(
    [BEFORE, AT, AFTER, "soon"].map((date) => statusOf({ "if-unmodified-since": date })),
    [412, 200, 200, 200],
  );
  assert.equal(fileAnswer({}, file).headers["Last-Modified"], AT);
});

test("file answer - a condition on tags goes before that on dates", () => {
  assert.equal(statusOf({ "if-modified-since": AT, "if-none-match": '"a"' }), 200);
  assert.equal(statusOf({ "if-unmodified-since": BEFORE, "if-match": "*" }), 200);
});

test("file answer - a range is a part of the file, and one outside it is told with its length", () => {
  const part = (range: string, more = {}) => {
    const { status, headers, body } = fileAnswer({ range, ...more }, file);
    return [status, headers["Content-Range"], String(body)];
  };
  assert.deepEqual(part("bytes=2-4"), [206, "bytes 2-4/10", "234"]);
  assert.deepEqual(part("bytes=8-99"), [206, "bytes 8-9/10", "89"]);
  assert.deepEqual(part("bytes=7-"), [206, "bytes 7-9/10", "789"]);
  assert.deepEqual(part("bytes=-3"), [206, "bytes 7-9/10", "789"]);
  assert.deepEqual(part("bytes=-99"), [206, "bytes 0-9/10", "0123456789"]);
  assert.deepEqual(part("bytes=10-"), [416, "bytes */10", ""]);
  for (const whole of ["bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "nonsense"]) {
    assert.deepEqual(part(whole), [200, undefined, "0123456789"], whole);
  }
  assert.equal(part("bytes=0-1", { "if-range": AT })[0], 206);
  assert.equal(part("bytes=0-1", { "if-range": BEFORE })[0], 200);
});
