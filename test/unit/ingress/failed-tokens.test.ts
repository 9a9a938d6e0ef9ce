import assert from "node:assert/strict";
import { test } from "node:test";
import { FailedTokens } from "../../../src/ingress/failed-tokens.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

function failTimes(tokens: FailedTokens, address: string, times: number): void {
  for (let count = 0; count < times; count++) tokens.failed(address);
}

test("failed tokens - the limit holds for each address, and falls evenly", async () => {
  const clock = new FakeClock();
  const tokens = new FailedTokens(10, clock);
  failTimes(tokens, "192.0.2.1", 9);
  assert.equal(tokens.wait("192.0.2.1"), 0);
  tokens.failed("192.0.2.1");
  assert.equal(tokens.wait("192.0.2.1"), 6);
  assert.equal(tokens.wait("192.0.2.2"), 0);
  await clock.advance(5999);
  assert.equal(tokens.wait("192.0.2.1"), 1);
  await clock.advance(1);
  assert.equal(tokens.wait("192.0.2.1"), 0);
});

test("failed tokens - tries in parallel do not make the wait longer than a minute's worth", () => {
  const tokens = new FailedTokens(10, new FakeClock());
  failTimes(tokens, "192.0.2.1", 1000);
  assert.equal(tokens.wait("192.0.2.1"), 6);
});

test("failed tokens - a network of IPv6 counts as one", () => {
  const tokens = new FailedTokens(1, new FakeClock());
  tokens.failed("2001:db8:1:2:3:4:5:6");
  assert.equal(tokens.wait("2001:db8:1:2::1"), 60);
  assert.equal(tokens.wait("2001:db8:1:3::1"), 0);
  tokens.failed("2001:db8::1");
  assert.equal(tokens.wait("2001:db8:0:0:1::"), 60);
  assert.equal(tokens.wait("::1"), 0);
});

test("failed tokens - 0 is no limit, and a wall clock that jumps changes nothing", () => {
  const clock = new FakeClock();
  const unlimited = new FailedTokens(0, clock);
  failTimes(unlimited, "192.0.2.1", 100);
  assert.equal(unlimited.wait("192.0.2.1"), 0);
  const tokens = new FailedTokens(1, clock);
  tokens.failed("192.0.2.1");
  clock.jump(1e9);
  assert.equal(tokens.wait("192.0.2.1"), 60);
});

test("failed tokens - no more than ten thousand addresses are remembered", () => {
  const tokens = new FailedTokens(1, new FakeClock());
  for (let index = 0; index < 10_001; index++) tokens.failed(`10.0.${index >> 8}.${index & 255}`);
  assert.equal(tokens.wait("10.0.0.0"), 0);
  assert.equal(tokens.wait("10.0.0.1"), 60);
});
