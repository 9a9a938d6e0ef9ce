import assert from "node:assert/strict";
import type { LookupAddress, LookupOptions } from "node:dns";
import { test } from "node:test";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import { pinnedLookup } from "../../../src/outbound/pinned-lookup.ts";

const ADDRESSES = [
  { address: "169.254.169.254", family: 4 },
  { address: "fd00:ec2::254", family: 6 },
  { address: "192.0.2.7", family: 4 },
  { address: "2001:db8::7", family: 6 },
];

function lookUp(options: LookupOptions, addresses: readonly LookupAddress[] = ADDRESSES): unknown {
  const told: unknown[] = [];
  const lookup = pinnedLookup(new EgressPolicy(), 443, (_name, _options, found) =>
    found(null, [...addresses]),
  );
  lookup("erp.test", options, (error, address, family) => told.push(error ?? [address, family]));
  assert.equal(told.length, 1);
  return told[0];
}

test("pinned lookup - whoever asks for all addresses is told the allowed ones, in their order", () => {
  assert.deepEqual(lookUp({ all: true }), [ADDRESSES.slice(2), undefined]);
});

test("pinned lookup - whoever asks for one is told the first that is allowed", () => {
  assert.deepEqual(lookUp({}), ["192.0.2.7", 4]);
  assert.deepEqual(lookUp({ all: false }, ADDRESSES.slice(3)), ["2001:db8::7", 6]);
});

test("pinned lookup - where none is allowed it fails, and names no address", () => {
  for (const options of [{ all: true }, {}]) {
    const error = lookUp(options, ADDRESSES.slice(0, 2)) as NodeJS.ErrnoException;
    assert.equal(error.code, "EGRESS_REFUSED");
    assert.doesNotMatch(error.message, /169\.254|fd00/);
  }
});
