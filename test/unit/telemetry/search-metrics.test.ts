import assert from "node:assert/strict";
import { test } from "node:test";
import { documentsSearched } from "../../../src/telemetry/channels.ts";
import { SearchMetrics } from "../../../src/telemetry/search-metrics.ts";

test("metrics - searches are counted by what came of them, with how long they took", () => {
  using metrics = new SearchMetrics();
  assert.equal([...metrics.text()].join(""), "");
  documentsSearched.publish({ result: "found", milliseconds: 20 });
  documentsSearched.publish({ result: "found", milliseconds: 30 });
  documentsSearched.publish({ result: "empty", milliseconds: 1 });
  const text = [...metrics.text()].join("");
  assert.match(text, /^appconn_searches_total\{result="found"\} 2$/m);
  assert.match(text, /^appconn_searches_total\{result="empty"\} 1$/m);
  assert.match(text, /^appconn_search_duration_seconds_count 3$/m);
  assert.match(text, /^appconn_search_duration_seconds_bucket\{le="0.025"\} 2$/m);
});
