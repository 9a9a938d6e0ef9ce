import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shownUrl } from "../../../../src/registry/specification/shown-url.ts";
import { userInformation } from "../../../../src/registry/specification/user-information.ts";

test("shown URL - is the URL itself where it holds no user information", () => {
  for (const url of ["http://a.example/x?y=z#@", "https://a.example:8443/@scope/pkg", "a.example/x", ""]) {
    assert.equal(shownUrl(url), url);
  }
  assert.equal(shownUrl("https://me:hush@a.example/@x?y=@"), "https://***:***@a.example/@x?y=@");
  assert.equal(shownUrl("https://token@a.example"), "https://***:***@a.example");
});

test("shown URL - no password is in it, however it is written", () => {
  const rest = fc.array(fc.constantFrom(..."@/?#:%&\\ \n[]é1a")).map((characters) => characters.join(""));
  fc.assert(
    fc.property(rest, fc.constantFrom("http://", "HTTPS://", "ftp://", ""), (characters, scheme) => {
      const shown = shownUrl(`${scheme}me:hush${characters}@files.example/spec`);
      assert.ok(!shown.includes("hush"), shown);
      assert.ok(shown.endsWith("@files.example/spec"), shown);
    }),
    { numRuns: 2000 },
  );
});

test("user information - becomes Basic credentials byte by byte", () => {
  const basic = (text: string, encoding: BufferEncoding = "utf8") =>
    `Basic ${Buffer.from(text, encoding).toString("base64")}`;
  assert.equal(userInformation("http://a.example/@"), undefined);
  assert.equal(userInformation("no URL at all"), undefined);
  assert.equal(userInformation("http://me@a.example"), basic("me:"));
  assert.equal(userInformation("http://:hush@a.example"), basic(":hush"));
  assert.equal(userInformation("http://m%65:h%FFé@a.example"), basic("me:h\xff\xc3\xa9", "latin1"));
});
