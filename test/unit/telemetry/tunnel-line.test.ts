import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tunnelLine, tunnelText } from "../../../src/telemetry/tunnel-line.ts";
import { anyText } from "../../doubles/any-text.ts";
import { anEndedTunnel } from "../../doubles/ended-tunnel.ts";
import { aFinishedCall } from "../../doubles/finished-call.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 2, 24, 7);

test("tunnel line - says whose tunnel it was, who ended it and what has passed", () => {
  assert.deepEqual(JSON.parse(tunnelLine(anEndedTunnel(), NOW)), {
    time: "2026-11-21T12:02:24.007Z",
    log: "access",
    event: "tunnel-ended",
    application: "shop",
    service: "orders-api",
    entry: "rest-v1",
    listener: "manual",
    path: "/shop/orders-api/orders/42",
    requestId: "req-1",
    peer: "10.1.2.3",
    protocol: "websocket",
    endedBy: "caller",
    bytesToTarget: 812,
    bytesToCaller: 90_344,
    milliseconds: 61_234.568,
  });
});

test("tunnel line - whatever a caller has named its protocol and its path, it is one line without the query", () => {
  fc.assert(
    fc.property(anyText(), anyText(), (protocol, path) => {
      const call = aFinishedCall({ path: `/${path}?s3cret` });
      const tunnel = anEndedTunnel({ call, protocol });
      for (const line of [tunnelLine(tunnel, NOW), tunnelText(tunnel, NOW)]) {
        assert.equal(line.indexOf("\n"), line.length - 1);
        assert.ok(!line.includes("?s3cret"));
      }
      assert.equal((JSON.parse(tunnelLine(tunnel, NOW)) as { protocol: string }).protocol, protocol);
    }),
  );
});

test("tunnel line - for people it says how long and how much", () => {
  assert.match(
    tunnelText(anEndedTunnel({ reason: "idle" }), NOW),
    / END {3}websocket \/shop\/orders-api\/orders\/42 {2}61\.2 s {2}812 B out, 90344 B in {2}\(idle\)\n$/,
  );
});
