import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isNetwork } from "../../../src/core/network.ts";
import { EgressPolicy, type WrittenHost } from "../../../src/outbound/egress-policy.ts";

function exactly(hostname: string): WrittenHost {
  return { hostname, disguised: false };
}

const ALWAYS_REFUSED = [
  "169.254.169.254",
  "169.254.0.0",
  "169.254.255.255",
  "fe80::1",
  "fe80::1%eth0",
  "febf:ffff::1",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "fd00:c1::a9fe:a9fe",
  "fd00:42::42",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
];

for (const address of ALWAYS_REFUSED) {
  test(`egress policy - a name that resolves to ${address} is refused, the address itself is not`, () => {
    const policy = new EgressPolicy();
    assert.equal(policy.refusesResolved(address), true);
    assert.equal(policy.refusesWritten(exactly(address)), false);
    assert.equal(policy.refusesWritten({ hostname: address, disguised: true }), true);
  });
}

for (const address of [
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "64:ff9b::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "::ffff:100.100.100.200",
]) {
  test(`egress policy - ${address} carries the address of another family and is refused however it comes`, () => {
    const policy = new EgressPolicy();
    assert.equal(policy.refusesResolved(address), true);
    assert.equal(policy.refusesWritten(exactly(address)), true);
  });
}

for (const address of [
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "127.0.0.1",
  "169.253.255.255",
  "169.255.0.0",
  "100.100.100.201",
  "192.0.0.193",
  "8.8.8.8",
  "::1",
  "fc00::1",
  "fec0::1",
  "2001:db8::1",
  "64:ff9b::8.8.8.8",
]) {
  test(`egress policy - ${address} is allowed unless a network is denied`, () => {
    const policy = new EgressPolicy();
    assert.deepEqual(
      [policy.refusesResolved(address), policy.refusesWritten(exactly(address))],
      [false, false],
    );
    const strict = new EgressPolicy(["0.0.0.0/0", "::/0"]);
    assert.deepEqual(
      [strict.refusesResolved(address), strict.refusesWritten(exactly(address))],
      [true, true],
    );
  });
}

for (const [network, inside, outside] of [
  ["10.0.0.0/8", "10.255.255.255", "11.0.0.0"],
  ["10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"],
  ["192.168.1.7", "192.168.1.7", "192.168.1.8"],
  ["192.168.1.7/32", "192.168.1.7", "192.168.1.6"],
  ["192.168.1.7/24", "192.168.1.200", "192.168.2.7"],
  ["0.0.0.0/0", "8.8.8.8", "2001:db8::1"],
  ["fc00::/7", "fdff::1", "fe00::1"],
  ["2001:db8::5", "2001:0db8:0:0:0:0:0:5", "2001:db8::6"],
  ["fe80::/10", "fe80::5%eth1", "10.0.0.1"],
  ["169.254.169.254", "169.254.169.254", "169.254.169.253"],
] as const) {
  test(`egress policy - ${network} denies ${inside} and not ${outside}`, () => {
    const policy = new EgressPolicy([network]);
    assert.deepEqual(
      [policy.refusesWritten(exactly(inside)), policy.refusesWritten(exactly(outside))],
      [true, false],
    );
    assert.equal(policy.refusesResolved(inside), true);
  });
}

test("egress policy - a name is no address", () => {
  const policy = new EgressPolicy(["0.0.0.0/0", "::/0"]);
  for (const name of ["metadata.google.internal", "localhost", "10.0.0.0/8", "", "10.1"]) {
    assert.equal(policy.refusesWritten(exactly(name)), false);
  }
});

for (const network of ["10.0.0.0/8", "10.0.0.1", "0.0.0.0/0", "10.0.0.0/32", "::/0", "fe80::/128", "::1"]) {
  test(`egress policy - ${network} is a network`, () => {
    assert.equal(isNetwork(network), true);
    assert.doesNotThrow(() => new EgressPolicy([network]));
  });
}

for (const text of [
  "",
  "10.0.0.0/33",
  "::/129",
  "10.0.0.0/",
  "10.0.0.0/-1",
  "10.0.0.0/8/8",
  "10.0.0.0/255.0.0.0",
  "10.0/8",
  "10.0.0.256",
  "fe80::1%eth0",
  "fe80::%eth0/64",
  "example.com",
  " 10.0.0.0/8",
  "/8",
]) {
  test(`egress policy - "${text}" is no network`, () => assert.equal(isNetwork(text), false));
}

test("egress policy - whatever is a network can be denied, and denies its own address", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, fc.option(fc.nat(130), { nil: undefined }), (written, bits) => {
      const network = bits === undefined ? written : `${written}/${bits}`;
      if (isNetwork(network))
        assert.equal(new EgressPolicy([network]).refusesWritten(exactly(written)), true);
    }),
  );
});

for (const [address, network] of [
  ["0.0.0.0", "127.0.0.0/8"],
  ["::ffff:0:0", "127.0.0.0/8"],
  ["::", "::1"],
  ["::%lo", "::1"],
] as const) {
  test(`egress policy - ${address}, by which this machine is reached too, is refused with ${network}`, () => {
    const narrowed = new EgressPolicy().narrowed({ allowed: ["private", "public"], denied: [network] });
    for (const policy of [new EgressPolicy([network]), narrowed]) {
      assert.equal(policy.refusesResolved(address), true);
      assert.equal(policy.refusesWritten(exactly(address.replace("%lo", ""))), true);
    }
    assert.equal(new EgressPolicy().refusesResolved(address), false);
  });
}
