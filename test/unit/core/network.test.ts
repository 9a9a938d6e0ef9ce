import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { isNetwork } from "../../../src/core/network.ts";

test("network - what is an address is what Node takes for one, but for zones", () => {
  const nearly = fc.stringMatching(/^[0-9a-f:.]{0,24}$/);
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), nearly, fc.string()), (text) => {
      fc.pre(!text.includes("%") && !text.includes("/"));
      assert.equal(isNetwork(text), isIP(text) !== 0, text);
    }),
    { numRuns: 2000 },
  );
});
