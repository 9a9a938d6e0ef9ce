import assert from "node:assert/strict";
import { test } from "node:test";
import { millisecondsText } from "../../../src/telemetry/milliseconds-text.ts";

test("a duration is a JSON number in milliseconds with three decimals", () => {
  const texts = new Map([
    [0, "0.000"],
    [0.0004, "0.000"],
    [0.0006, "0.001"],
    [0.012, "0.012"],
    [1.0432, "1.043"],
    [999.9996, "1000.000"],
    [123_456.789, "123456.789"],
  ]);
  for (const [milliseconds, text] of texts) {
    assert.equal(millisecondsText(milliseconds), text);
    assert.equal(JSON.parse(text), Math.round(milliseconds * 1000) / 1000);
  }
});
