import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import { OwnListeners } from "../../../src/outbound/own-listeners.ts";

function listening(...origins: readonly string[]): OwnListeners {
  const own = new OwnListeners();
  for (const origin of origins) own.add(origin);
  return own;
}

const ofInterfaces = Object.values(networkInterfaces()).flatMap(
  (all) => all?.map((one) => one.address) ?? [],
);
const SPELLINGS = [
  "localhost",
  "LOCALHOST.",
  "gateway.localhost",
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:0.0.0.0",
  ...ofInterfaces,
];

for (const origin of ["http://127.0.0.1:8080", "http://[::]:8080", "https://gateway.example:8080"]) {
  test(`own listeners - ${origin} is reached by every name and address of this machine`, () => {
    const own = listening(origin);
    for (const spelling of SPELLINGS) assert.equal(own.includes(spelling, 8080), true, spelling);
    for (const spelling of SPELLINGS) assert.equal(own.includes(spelling, 8081), false, spelling);
    for (const other of ["192.0.2.1", "other.example", "localhost.example", "2001:db8::1"]) {
      assert.equal(own.includes(other, 8080), false, other);
    }
  });
}

test("own listeners - a host that others use is theirs with its port alone, and another program keeps the port here", () => {
  const own = new OwnListeners();
  own.addName("https://Gateway.example");
  assert.equal(own.includes("gateway.example", 443), true);
  assert.equal(own.includes("GATEWAY.EXAMPLE.", 443), true);
  assert.equal(own.includes("gateway.example", 80), false);
  assert.equal(own.includes("127.0.0.1", 443), false);
  own.addName("http://localhost:8080");
  assert.equal(own.includes("127.0.0.1", 8080), true);
});

test("own listeners - what is no URL names none", () => {
  const own = listening("", "missing");
  own.addName("also missing");
  assert.equal(own.includes("localhost", 80), false);
});

test("own listeners - the policy refuses them written and resolved, and only where it knows the port", () => {
  const policy = new EgressPolicy([], listening("http://127.0.0.1:8080"));
  assert.equal(policy.refusesWritten({ hostname: "localhost", disguised: false, port: 8080 }), true);
  assert.equal(policy.refusesWritten({ hostname: "localhost", disguised: false, port: 80 }), false);
  assert.equal(policy.refusesWritten({ hostname: "localhost", disguised: false }), false);
  assert.equal(policy.refusesResolved("127.0.0.1", 8080), true);
  assert.equal(policy.refusesResolved("127.0.0.1", 80), false);
  assert.equal(new EgressPolicy().refusesResolved("127.0.0.1", 8080), false);
});
