import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeCookies, readSetCookies } from "../../../src/credentials/cookies.ts";

const NOW = Date.UTC(2026, 0, 1);

test("cookies - names and values are read, attributes are not kept", () => {
  assert.deepEqual(
    readSetCookies(
      ["SAP_SESSION=a%20b==; Path=/; Secure; HttpOnly; SameSite=None", ' quoted = "x y" ', "empty="],
      NOW,
    ),
    { pairs: ["SAP_SESSION=a%20b==", 'quoted="x y"', "empty="], lifetime: undefined },
  );
});

test("cookies - what has no name is no cookie", () => {
  assert.deepEqual(readSetCookies(["", ";", "=value", "value", "; Max-Age=5"], NOW).pairs, []);
});

test("cookies - of several with one name the last counts, and an expired one takes it away", () => {
  assert.deepEqual(readSetCookies(["a=1", "b=2", "a=3; Path=/x"], NOW).pairs, ["a=3", "b=2"]);
  assert.deepEqual(readSetCookies(["a=1", "a=; Max-Age=0", "b=2"], NOW).pairs, ["b=2"]);
  assert.deepEqual(readSetCookies(["a=; Max-Age=-1", "a=2"], NOW).pairs, ["a=2"]);
});

for (const [attributes, lifetime] of [
  ["", undefined],
  ["; Max-Age=60", 60_000],
  ["; max-age = 60 ", 60_000],
  ["; Max-Age=60; Max-Age=30", 30_000],
  ["; Max-Age=soon", undefined],
  ["; Max-Age=6.5", undefined],
  ["; Max-Age", undefined],
  ["; Expires=Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
  ["; expires=Thu, 01-Jan-2026 00:01:00 GMT", 60_000],
  ["; Expires=Thu, 01-Jan-26 00:01:00 GMT", 60_000],
  ["; Expires=Thu Jan  1 00:01:00 2026", 60_000],
  ["; Expires=tomorrow", undefined],
  ["; Expires=Thu, 01 Jan 2026 00:01:00 GMT; Max-Age=5", 5000],
  ["; Max-Age=5; Expires=Thu, 01 Jan 2026 00:01:00 GMT", 5000],
  ["; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 5000],
] as const) {
  test(`cookies - "a=1${attributes}" lives for ${lifetime} ms`, () => {
    assert.deepEqual(readSetCookies([`a=1${attributes}`], NOW), { pairs: ["a=1"], lifetime });
  });
}

test("cookies - a cookie that has expired is left out", () => {
  assert.deepEqual(readSetCookies(["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], NOW).pairs, []);
  assert.deepEqual(readSetCookies(["a=1; Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT"], NOW).pairs, []);
});

test("cookies - together they live as long as the first that expires", () => {
  assert.equal(readSetCookies(["a=1", "b=2; Max-Age=9", "c=3; Max-Age=7"], NOW).lifetime, 7000);
});

test("merge cookies - those of the CSRF token win by name, the caller's others stay as they are", () => {
  assert.equal(mergeCookies(["s=new"], 'a=1; s=old;b="x y" ;; flag'), 's=new; a=1; b="x y"; flag');
  assert.equal(mergeCookies(["s=new", "t=2"], undefined), "s=new; t=2");
  assert.equal(mergeCookies([], "a=1; b=2"), "a=1; b=2");
  assert.equal(mergeCookies([], undefined), "");
  assert.equal(mergeCookies([], " ; "), "");
  assert.equal(mergeCookies(["S=1"], "s=2"), "S=1; s=2");
});

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const value = fc.stringMatching(/^[A-Za-z0-9_=-]{0,12}$/);
const cookies = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key });
const pairs = (list: readonly (readonly [string, string])[]) => list.map(([key, text]) => `${key}=${text}`);

test("merge cookies - a server reads each name once, with the CSRF token's value where it has one", () => {
  fc.assert(
    fc.property(cookies, cookies, (own, callers) => {
      const merged = mergeCookies(pairs(own), callers.length === 0 ? undefined : pairs(callers).join("; "));
      const expected = new Map([...callers, ...own]);
      const read = merged === "" ? [] : merged.split("; ");
      assert.deepEqual(read.toSorted(), pairs([...expected]).toSorted());
    }),
  );
});

test("merge cookies - what was set is what is sent back", () => {
  fc.assert(
    fc.property(cookies, (own) => {
      const received = readSetCookies(
        pairs(own).map((pair) => `${pair}; Path=/; Secure`),
        NOW,
      );
      assert.deepEqual(received.pairs, pairs(own));
      assert.equal(mergeCookies(received.pairs, undefined), pairs(own).join("; "));
    }),
  );
});

test("cookies - any header value gives pairs with a name and without separators", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (values) =>
      readSetCookies(values, NOW).pairs.every((pair) => /^[^;=]+=[^;]*$/s.test(pair)),
    ),
  );
});
