import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { collected } from "../../doubles/collected.ts";
import { Shelf, type SearchSubjects } from "./subject.ts";

export function changingContract(name: string, subjects: SearchSubjects): void {
  test(`${name} search index - a document that is replaced is found by its new words alone`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("a", { title: "Old title", names: "oldName", text: "old text" });
    await shelf.put("a", { title: "New title", names: "newName", text: "new text", kind: "openapi" });
    for (const query of ["old", "oldname"]) deepEqual(await shelf.found(query), [], query);
    deepEqual(await shelf.found("new"), ["a"]);
    deepEqual(await shelf.found("new", { kind: "openapi" }), ["a"]);
    deepEqual(await shelf.found("new", { kind: "docs" }), []);
  });

  test(`${name} search index - a removed document is found no more, and its removal is no error twice`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("a", { title: "Gone" });
    await shelf.put("b", { title: "Gone but here" });
    await shelf.index.remove(shelf.key("a"));
    await shelf.index.remove(shelf.key("a"));
    deepEqual(await shelf.found("gone"), ["b"]);
  });

  test(`${name} search index - says what is in it, and of which version`, async () => {
    const index = subjects();
    const shelf = new Shelf(index);
    for (let number = 0; number < 1100; number++) await shelf.put(String(number), { version: "1" });
    await shelf.put("7", { version: "2" });
    await shelf.index.remove(shelf.key("8"));
    const all = await collected(index.indexed());
    const mine = new Map(
      all.filter(({ key }) => key.startsWith(shelf.key(""))).map(({ key, version }) => [key, version]),
    );
    equal(mine.size, 1099);
    equal(new Set(all.map(({ key }) => key)).size, all.length);
    equal(mine.get(shelf.key("7")), "2");
    equal(mine.get(shelf.key("9")), "1");
    equal(mine.has(shelf.key("8")), false);
  });

  test(`${name} search index - a text of any length is taken, and found by how it begins`, async () => {
    const shelf = new Shelf(subjects());
    const megabytes = "Lorem ipsum dolor sit amet. ".repeat(300_000);
    await shelf.put("huge", {
      title: "T".repeat(100_000),
      names: "n ".repeat(500_000),
      text: `begins ${megabytes}`,
    });
    await shelf.put("word", { text: "w".repeat(5_000_000) });
    await shelf.put("seams", { names: "aB".repeat(1_000_000) });
    deepEqual(await shelf.found("begins lorem"), ["huge"]);
    deepEqual(await shelf.found("wwwwwwww"), ["word"]);
  });

  test(`${name} search index - a text that repeats its words without end does not hold up a search`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("one", { title: "a", names: "a ".repeat(500_000), text: "a ".repeat(500_000) });
    await shelf.put("two", { text: "a b ".repeat(500_000) });
    await shelf.put("signs", { text: "\ufdfa a \u0001".repeat(500_000) });
    for (const query of [
      "a",
      "a a a a",
      '"a b a b"',
      "a ".repeat(32),
      `"${"a ".repeat(500)}"`,
      "a.".repeat(500),
    ]) {
      const { hits } = await shelf.search(query);
      ok(hits.length > 0, query);
      for (const { snippet } of hits) ok(snippet.map(({ text }) => text).join("").length < 400);
    }
  });

  test(`${name} search index - who stops waiting for a search gets the signal's reason`, async () => {
    const index = subjects();
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await rejects(index.search("a", { signal }), (error) => error === reason);
    await rejects(collected(index.indexed({ signal })), (error) => error === reason);
  });

  test(`${name} search index - changes that are asked for together are all done`, async () => {
    const shelf = new Shelf(subjects());
    await Promise.all(
      Array.from({ length: 200 }, async (_, number) => {
        await shelf.put(String(number % 20), { title: `together${number}` });
      }),
    );
    const { hits } = await shelf.search("together", { limit: 50 });
    deepEqual(
      hits.map(({ title }) => title).toSorted(),
      Array.from({ length: 20 }, (_, number) => `together${180 + number}`).toSorted(),
    );
  });
}
