import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { meshIdentity } from "../../../src/http/mesh-identity.ts";

const FRONT = "spiffe://cluster.local/ns/shop/sa/front";
const BACK = "spiffe://cluster.local/ns/shop/sa/back";

for (const [header, identity] of [
  [`By=spiffe://cluster.local/ns/g/sa/gateway;Hash=ab12;Subject="";URI=${FRONT}`, FRONT],
  [`URI=${BACK},By=x;Hash=1;URI=${FRONT}`, FRONT],
  [`uri=${FRONT};DNS=front.shop`, FRONT],
  [`Hash=1;Subject="CN=front,O=\\"Shop; Ltd\\"";DNS=front`, 'CN=front,O="Shop; Ltd"'],
  [`Subject="CN=a, URI=${BACK}";URI=${FRONT}`, FRONT],
  [`Subject="CN=a;URI=${BACK}"`, `CN=a;URI=${BACK}`],
  ["By=spiffe://gateway;Hash=1", undefined],
  ['Subject="";URI=', undefined],
  ["", undefined],
  [",;=", undefined],
] as const) {
  test(`mesh identity - ${header || "nothing"} names ${identity ?? "nobody"}`, () => {
    assert.equal(meshIdentity(header), identity);
  });
}

test("mesh identity - no header is too odd or takes long", () => {
  fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (text) => void meshIdentity(text)));
  for (const text of ['"', '\\"', "a=", ";", ",", "a;", 'a="\\']) {
    assert.doesNotThrow(() => meshIdentity(text.repeat(16_000)));
  }
});
