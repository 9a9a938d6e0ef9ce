import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddressRules } from "../../../src/core/resources/api-settings/address-rules.ts";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";

function refuses(rules: string, denied: readonly string[] = []) {
  const parsed = parseAddressRules(rules);
  assert.ok(parsed, rules);
  const policy = new EgressPolicy(denied).narrowed(parsed);
  return (address: string) => policy.refusesResolved(address);
}

const PRIVATE = [
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "127.0.0.1",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fc00::1",
  "fe80::1",
  "ff02::1",
  "::ffff:10.1.2.3",
  "::ffff:a01:203",
  "64:ff9b::a01:203",
  "2002:a01:203::1",
  "2001:db8::1",
];
const PUBLIC = ["8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450::1", "223.255.255.255"];

test("address policy - public is what can be reached from everywhere, and nothing that hides another address", () => {
  for (const address of PRIVATE) assert.equal(refuses("public")(address), true, address);
  for (const address of PUBLIC) assert.equal(refuses("public")(address), false, address);
});

test("address policy - private is the rest, and what is behind ! is refused", () => {
  for (const rules of ["private", "!public"]) {
    for (const address of PUBLIC) assert.equal(refuses(rules)(address), true, address);
    assert.equal(refuses(rules)("10.1.2.3"), false);
    assert.equal(refuses(rules)("127.0.0.1"), false);
  }
});

test("address policy - networks are allowed together, and a denied one wins", () => {
  const refused = refuses("10.20.0.0/16, public, !10.20.7.0/24");
  assert.deepEqual(
    ["10.20.1.1", "8.8.8.8", "10.20.7.7", "10.21.0.1"].map((address) => refused(address)),
    [false, false, true, true],
  );
});

test("address policy - it takes nothing back of what is refused for all", () => {
  assert.equal(refuses("10.0.0.0/8", ["10.9.0.0/16"])("10.9.1.1"), true);
  assert.equal(refuses("private")("169.254.169.254"), true);
  const named = { hostname: "169.254.169.254", disguised: false };
  assert.equal(new EgressPolicy().narrowed({ allowed: ["public"], denied: [] }).refusesWritten(named), true);
  assert.equal(
    new EgressPolicy().narrowed({ allowed: ["private"], denied: [] }).refusesWritten(named),
    false,
  );
});

test("address policy - what is no network and no word is no policy", () => {
  for (const rules of ["", ",", "public,", "!", "!!public", "10.0.0.0/33", "intranet", "10.0.0.0/8 public"]) {
    assert.equal(parseAddressRules(rules), undefined, rules);
  }
});
