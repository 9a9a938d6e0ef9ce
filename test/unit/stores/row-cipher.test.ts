import { test } from "node:test";
import { equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { RowCipher } from "../../../src/stores/sqlite/row-cipher.ts";

const key = { group: "", kind: "Secret", namespace: "default", name: "a" };

test("row cipher - opens what it sealed, whatever the text", () => {
  const cipher = new RowCipher(randomBytes(32));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      equal(cipher.open(key, cipher.seal(key, text)), text);
    }),
  );
});

test("row cipher - the same text is never sealed twice alike, and never shows", () => {
  const cipher = new RowCipher(randomBytes(32));
  const [one, two] = [cipher.seal(key, "correct horse"), cipher.seal(key, "correct horse")];
  notDeepEqual(one, two);
  equal(one.includes("horse"), false);
});

test("row cipher - a row that was moved to another key does not open", () => {
  const cipher = new RowCipher(randomBytes(32));
  const sealed = cipher.seal(key, "text");
  for (const moved of [
    { ...key, name: "b" },
    { ...key, namespace: "other" },
    { ...key, kind: "ConfigMap" },
    { ...key, group: "g" },
    { ...key, namespace: "defaul", name: "ta" },
  ]) {
    throws(() => cipher.open(moved, sealed));
  }
});

test("row cipher - a changed byte anywhere keeps a row shut", () => {
  const cipher = new RowCipher(randomBytes(32));
  const sealed = cipher.seal(key, "text");
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8((changed[index] ?? 0) ^ 1, index);
    throws(() => cipher.open(key, changed), `byte ${index}`);
  }
  throws(() => cipher.open(key, sealed.subarray(0, 20)));
});

test("row cipher - recognises its own key and no other", () => {
  const bytes = randomBytes(32);
  const check = new RowCipher(bytes).keyCheck();
  ok(new RowCipher(bytes).fits(check));
  equal(new RowCipher(randomBytes(32)).fits(check), false);
  equal(new RowCipher(bytes).fits(new Uint8Array(0)), false);
});
