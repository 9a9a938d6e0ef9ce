import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { innerWords, searchedText } from "../../../src/stores/sqlite/search-text.ts";

/** Between a small letter or digit and a capital, and before the last of several capitals that begins a word. */
const SEAM = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

test("search text - words inside words are those behind a seam", () => {
  equal(innerWords(["OrderCreated XMLParser plain readX2Y"]), "created parser x2 y");
  equal(innerWords(["ÄpfelUndÖl apfelÖlX ÄÖl"]), "und öl x");
});

test("search text - whatever the letters are, the seams are the same", () => {
  const letters = fc.constantFrom("a", "B", "c", "D", "1", "é", "É", "ß", "ǅ", "字");
  const words = fc.oneof(
    fc.string({ unit: fc.constantFrom("a", "b", "C", "D", "7"), minLength: 1, maxLength: 9 }),
    fc.string({ unit: letters, minLength: 1, maxLength: 9 }),
  );
  fc.assert(
    fc.property(words, (word) => {
      const inner = word.split(SEAM).slice(1);
      const expected = [...new Set(inner.map((part) => part.toLowerCase()))];
      deepEqual(innerWords([word]), expected.join(" "));
    }),
    { numRuns: 2000 },
  );
});

const anyText = fc.string({
  unit: fc.constantFrom(
    "a",
    "b",
    "C",
    "D",
    "7",
    " ",
    "/",
    "\n",
    "\t",
    "\u007f",
    "{",
    "~",
    "é",
    "ﬁ",
    "\ud800",
  ),
  maxLength: 30,
});

test("search text - a text of several words has the inner words of each", () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 3 }), (texts) => {
      const words = texts.flatMap((text) => text.match(/[\p{L}\p{N}]+/gu) ?? []);
      const inner = words.flatMap((word) => word.split(SEAM).slice(1));
      equal(innerWords(texts), [...new Set(inner.map((part) => part.toLowerCase()))].join(" "));
    }),
    { numRuns: 2000 },
  );
});

test("search text - it is one line in one form, whatever stands in it", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      equal(
        searchedText(text),
        text
          .toWellFormed()
          .normalize("NFKC")
          .replace(/\p{Cc}+/gu, " "),
      );
    }),
    { numRuns: 2000 },
  );
});
