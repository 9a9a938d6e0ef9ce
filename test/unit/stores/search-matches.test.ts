import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { matchesIn } from "../../../src/stores/sqlite/search-matches.ts";
import { readQuery } from "../../../src/stores/sqlite/search-query.ts";
import { snippetOf } from "../../../src/stores/sqlite/search-snippet.ts";
import { innerWords } from "../../../src/stores/sqlite/search-text.ts";

function matched(text: string, query: string): readonly string[] {
  return Array.from(matchesIn(text, readQuery(query)?.terms ?? []), ({ start, end }) =>
    text.slice(start, end),
  );
}

test("search matches - are whole words that begin with a term, and phrases from end to end", () => {
  deepEqual(matched("Orders of an order", "order"), ["Orders", "order"]);
  deepEqual(matched("Reorder", "order"), []);
  deepEqual(matched("ÜBERWEISUNGEN, uberweisung", "Überweis"), ["ÜBERWEISUNGEN", "uberweisung"]);
  deepEqual(matched("an order is created, order is", '"order is created"'), ["order is created"]);
  deepEqual(matched("GET /orders.items", "orders.it"), ["orders.items"]);
  deepEqual(matched("anything", "-"), []);
});

test("search matches - a snippet is a part of its text, with the matches that stand in it", () => {
  const anyWords = fc.array(
    fc.oneof(fc.constantFrom("a", "ab", "b", "𝒜", "🙂", "é"), fc.string({ unit: "binary" })),
    {
      maxLength: 200,
    },
  );
  const anyQuery = fc.constantFrom("a", "a b", '"a b"', "ab a", "𝒜", "e", '"b a" b');
  fc.assert(
    fc.property(anyWords, anyQuery, (words, query) => {
      const text = words.join(" ").toWellFormed();
      const snippet = snippetOf(text, readQuery(query)?.terms ?? []);
      const all = matched(text, query);
      equal(snippet === undefined, all.length === 0);
      if (!snippet) return;
      const shown = snippet.map((piece) => piece.text).join("");
      ok(text.includes(shown.replace(/^…/, "").replace(/…$/, "")) || text.includes(shown));
      ok(shown.isWellFormed());
      ok(shown.length <= 245);
      ok(snippet.some((piece) => piece.matched));
    }),
  );
});

test("search matches - the same term twice is one, and no query has more than a few", () => {
  deepEqual(readQuery('a a "a" a')?.match, '"a"* "a"');
  const many = Array.from({ length: 100 }, (_, index) => `w${index}`).join(" ");
  equal(readQuery(many)?.terms.length, 16);
  equal(readQuery(' " * - '), undefined);
});

test("search matches - inner words are those behind a seam, each once", () => {
  equal(innerWords(["orderCreated OrderCreated XMLParser v2Beta plain"]), "created parser beta");
});
