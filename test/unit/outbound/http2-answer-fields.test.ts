import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFields, trailerFields } from "../../../src/outbound/http2/answer-fields.ts";

test("http2 answer fields - status and headers are told apart, and white space around a value is taken off", () => {
  const fields = answerFields([":status", "200", "a", " b\t", "set-cookie", "1", "set-cookie", "2"]);
  const headers = ["a", "b", "set-cookie", "1", "set-cookie", "2"];
  assert.deepEqual(fields, { status: 200, headers });
  assert.deepEqual(trailerFields(["grpc-status", "0"]), ["grpc-status", "0"]);
});

for (const [what, received] of [
  ["a length", ["a", "b", "content-length", "5"]],
  ["a status", [":status", "200"]],
  ["a name with a blank", ["a b", "c"]],
  ["a value with a line feed", ["a", "b\nc"]],
] as const) {
  test(`http2 answer fields - trailers with ${what} make no answer`, () => {
    assert.throws(() => trailerFields(received), { code: "MALFORMED_ANSWER" });
  });
}

test("http2 answer fields - names and values are 64 KiB together at most, whatever they were packed into", () => {
  const value = "v".repeat(1023);
  const many = (count: number) => Array.from({ length: count }, () => ["n", value]).flat();
  assert.equal(trailerFields(many(64)).length, 128);
  assert.throws(() => trailerFields([...many(64), "n", ""]), { code: "HEAD_TOO_LARGE" });
});
