import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { Shelf, type SearchSubjects } from "./subject.ts";

export function findingContract(name: string, subjects: SearchSubjects): void {
  test(`${name} search index - a word is found by its beginning, in the title, the names and the text`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("title", { title: "Shipments of goods" });
    await shelf.put("names", { names: "getShipment /shipments/{id}" });
    await shelf.put("text", { text: "How a shipment is sent." });
    await shelf.put("other", { title: "Orders", text: "Transshipment" });
    deepEqual((await shelf.found("ship")).toSorted(), ["names", "text", "title"]);
    deepEqual((await shelf.found("shipments")).toSorted(), ["names", "title"]);
    deepEqual(await shelf.found("shipping"), []);
  });

  test(`${name} search index - case, accents and width of letters make no difference`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("a", { title: "Überweisungen", text: "Crème brûlée, ΣΊΣΥΦΟΣ, ＦＵＬＬ width" });
    for (const query of [
      "uberweis",
      "ÜBERWEISUNGEN",
      "creme",
      "CRÈME BRULEE",
      "σίσυφος",
      "full",
      "ｗｉｄｔｈ",
    ]) {
      deepEqual(await shelf.found(query), ["a"], query);
    }
  });

  test(`${name} search index - every word must be there, in any order`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("both", { title: "Order", text: "may be cancelled" });
    await shelf.put("one", { title: "Order", text: "may be changed" });
    deepEqual(await shelf.found("cancel order"), ["both"]);
    deepEqual((await shelf.found("order may")).toSorted(), ["both", "one"]);
  });

  test(`${name} search index - a quoted phrase must stand as it is`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("a", { text: "the order is created and then paid" });
    await shelf.put("b", { text: "is the order paid when created?" });
    deepEqual(await shelf.found('"order is created"'), ["a"]);
    deepEqual(await shelf.found('paid "the order is"'), ["a"]);
    deepEqual(await shelf.found('"order is creat"'), []);
    deepEqual(await shelf.found('"the order paid'), ["b"], "the closing quote is missing");
  });

  test(`${name} search index - names in one word are found by each of their parts`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("event", { names: "com.example.OrderCreated.v1" });
    await shelf.put("field", { names: "baseSiteUid XMLParser sales_order_item" });
    for (const query of ["created", "ordercreated", "OrderCreated", "order.created", "example"]) {
      const expected = query === "order.created" ? [] : ["event"];
      deepEqual(await shelf.found(query), expected, query);
    }
    for (const query of ["site", "uid", "parser", "xml", "sales_order", "item", "sales_order_i"]) {
      deepEqual(await shelf.found(query), ["field"], query);
    }
  });

  test(`${name} search index - a match in the title comes first, then one in a name`, async () => {
    const shelf = new Shelf(subjects());
    const filling = "words around it that say nothing about what is looked for, ".repeat(3);
    await shelf.put("text", { title: "One", names: "GET /one", text: `${filling} invoice ${filling}` });
    await shelf.put("name", { title: "Two", names: "GET /invoice", text: filling });
    await shelf.put("title", { title: "Invoice", names: "GET /three", text: filling });
    const { hits } = await shelf.search("invoice");
    deepEqual(
      hits.map(({ title }) => title),
      ["Invoice", "Two", "One"],
    );
    const ranks = hits.map(({ rank }) => rank);
    deepEqual(
      ranks.toSorted((one, other) => other - one),
      ranks,
    );
  });

  test(`${name} search index - a search can be narrowed to an Application and a kind`, async () => {
    const index = subjects();
    const [shelf, other] = [new Shelf(index), new Shelf(index)];
    const word = shelf.application.slice(4);
    for (const one of [shelf, other]) {
      await one.put("api", { kind: "openapi", title: word });
      await one.put("event", { kind: "asyncapi", title: word });
    }
    equal((await index.search(word)).hits.length >= 4, true);
    deepEqual((await shelf.found(word)).toSorted(), ["api", "event"]);
    deepEqual(await shelf.found(word, { kind: "asyncapi" }), ["event"]);
    deepEqual(await shelf.found(word, { kind: "odata" }), []);
    const { hits } = await index.search(word, { kind: "openapi" });
    deepEqual(
      hits.map(({ application, kind, key }) => [application, kind, key]).toSorted(),
      [shelf, other].map((one) => [one.application, "openapi", one.key("api")]).toSorted(),
    );
  });

  test(`${name} search index - whatever a document holds, it is found by its words`, async () => {
    const shelf = new Shelf(subjects());
    const anyText = fc.string({ unit: "binary", maxLength: 200 });
    const word = fc.stringMatching(/^[a-z]{3,12}$/);
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, word, async (title, names, text, wanted) => {
        await shelf.put("any", { title: `${title} ${wanted}`, names, text });
        deepEqual(await shelf.found(wanted), ["any"]);
        await shelf.put("any", { title, names: `${names} ${wanted}`, text });
        deepEqual(await shelf.found(wanted), ["any"]);
        await shelf.put("any", { title, names, text: `${text} ${wanted}` });
        deepEqual(await shelf.found(`"${wanted}"`), ["any"]);
      }),
      { numRuns: 50 },
    );
  });

  test(`${name} search index - no query is an error`, async () => {
    const shelf = new Shelf(subjects());
    await shelf.put("a", { title: "a", text: "and or not near text title names" });
    const queries = [
      "",
      " ",
      '"',
      '""',
      '"""',
      "*",
      "a*",
      "-a",
      "^a",
      "(a",
      "a)",
      "a AND",
      "OR",
      "NOT a",
      "NEAR(a b, 2)",
      "title:",
      "title: a",
      "{title text}: a",
      "a + b",
      "\0",
      'a\0"',
      "'; DROP TABLE words; --",
      "\ud800",
      "\u0002\u0003",
      "%_?:@$",
      "＂a",
      "🙂",
      "\u0300",
      "a ".repeat(10_000),
      '"a" '.repeat(10_000),
      "a".repeat(100_000),
    ];
    const anyQuery = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...queries.map((query) => query.slice(0, 20)))).map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(anyQuery, async (query) => {
        ok(Array.isArray((await shelf.search(query)).hits));
      }),
      { examples: queries.map((query): [string] => [query]) },
    );
    for (const nothing of ["", " ", '"', "***", "-", "🙂", "\0"])
      deepEqual(await shelf.found(nothing), [], nothing);
    deepEqual(await shelf.found("NOT near"), ["a"], "words of the query language are words");
    deepEqual(await shelf.found("a * text"), ["a"]);
  });
}
