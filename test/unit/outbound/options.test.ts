import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../src/config/load.ts";
import { outboundSettings } from "../../../src/outbound/options.ts";

function denied(value: string) {
  return load(
    { outbound: outboundSettings },
    { flags: [], environment: { APPCONN_OUTBOUND_DENIED_NETWORKS: value } },
  );
}

test("outbound options - denied networks are CIDR networks or addresses of either family", () => {
  const loaded = denied("10.0.0.0/8, fd00::/8,192.168.1.1");
  assert.ok(loaded.kind === "loaded");
  assert.deepEqual(loaded.options.outbound.deniedNetworks, ["10.0.0.0/8", "fd00::/8", "192.168.1.1"]);
});

for (const value of [
  "10.0.0.0/33",
  "10.0.0/8",
  "fd00::/129",
  "erp.example.com",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
]) {
  test(`outbound options - ${value} is no network, and the start is refused`, () => {
    const refused = denied(`10.0.0.0/8,${value}`);
    assert.ok(refused.kind === "refused");
    assert.match(refused.problems[0]?.text ?? "", /a list of networks like 10\.0\.0\.0\/8/);
  });
}
