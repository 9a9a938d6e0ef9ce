import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Shelf, type SearchSubjects } from "./subject.ts";

export function showingContract(name: string, subjects: SearchSubjects): void {
  test(`${name} search index - a snippet shows a match and some words around it`, async () => {
    const shelf = new Shelf(subjects());
    const filling = "some words before and after. ".repeat(50);
    await shelf.put("a", { title: "Guide", text: `${filling}The <b>Invoice</b> is here. ${filling}` });
    const [hit] = (await shelf.search("invo")).hits;
    const matched = hit!.snippet.filter((piece) => piece.matched);
    deepEqual(matched, [{ text: "Invoice", matched: true }]);
    const shown = hit!.snippet.map(({ text }) => text).join("");
    ok(shown.includes("The <b>Invoice</b> is here."), shown);
    ok(shown.length < 400, shown);
  });

  test(`${name} search index - a match outside of the text is shown where it is`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("name", { title: "One", names: "GET /payments", text: "Nothing." });
    await shelf.put("title", { title: "Refunds", text: "Nothing." });
    await shelf.put("part", { title: "Two", names: "orderCancelled", text: "Something." });
    const snippet = async (query: string) => (await shelf.search(query)).hits[0]!.snippet;
    deepEqual(await snippet("payments"), [
      { text: "GET /", matched: false },
      { text: "payments", matched: true },
    ]);
    deepEqual(await snippet("refund"), [{ text: "Refunds", matched: true }]);
    // The match is a part of a word, which has no place of its own.
    deepEqual(await snippet("cancelled"), [{ text: "Something.", matched: false }]);
  });

  test(`${name} search index - a document cannot mark anything as a match`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("a", { title: "a", text: "\u0002fake\u0003 \u0001 real \u0003\u0002 <mark>fake</mark>" });
    const [hit] = (await shelf.search("real")).hits;
    deepEqual(
      hit!.snippet.filter(({ matched }) => matched).map(({ text }) => text),
      ["real"],
    );
  });

  test(`${name} search index - pages have every hit once, the best first`, async () => {
    const shelf = new Shelf(subjects());
    for (let index = 0; index < 25; index++) {
      await shelf.put(String(index), { title: `item ${"and ".repeat(index)}`, text: "Text." });
    }
    const all = await shelf.found("item", { limit: 50 });
    equal(all.length, 25);
    const paged: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await shelf.search("item", cursor === undefined ? { limit: 10 } : { limit: 10, cursor });
      paged.push(...page.hits.map(({ key }) => key.slice(shelf.application.length + 1)));
      cursor = page.cursor;
      pages++;
    } while (cursor !== undefined);
    equal(pages, 3);
    deepEqual(paged, all);
    equal((await shelf.search("item", { limit: 25 })).cursor, undefined);
    equal((await shelf.search("item")).hits.length, 20);
    for (const [limit, count] of [
      [0, 1],
      [-5, 1],
      [1.9, 1],
      [1000, 25],
      [Number.NaN, 20],
    ]) {
      equal((await shelf.search("item", { limit: limit! })).hits.length, count, `limit ${limit}`);
    }
  });

  test(`${name} search index - a cursor that this search did not give is refused`, async () => {
    const shelf = new Shelf(subjects());
    for (const key of ["a", "b", "c"]) await shelf.put(key, { title: "thing", kind: "docs" });
    const { cursor } = await shelf.search("thing", { limit: 1 });
    ok(cursor);
    const refusal = { code: "SEARCH_BAD_CURSOR" };
    await rejects(shelf.search("things", { cursor }), refusal);
    await rejects(shelf.search("thing", { cursor, kind: "docs" }), refusal);
    await rejects(subjects().search("thing", { cursor }), refusal);
    const text = (place: unknown) => Buffer.from(JSON.stringify(place)).toString("base64url");
    const real = JSON.parse(Buffer.from(cursor, "base64url").toString()) as object;
    const forged = [-1, 0, 1.5, "1", 1e9, 2 ** 53].map((offset) => text({ ...real, offset }));
    for (const bad of ["", "x", cursor.slice(1), text(7), text([]), text({}), ...forged]) {
      await rejects(shelf.search("thing", { cursor: bad }), refusal, bad);
    }
  });
}
