import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { jsonList } from "../../../src/admin/answer/json-list.ts";
import type { RepresentedList } from "../../../src/admin/answer/represent.ts";
import { warningHeaders } from "../../../src/admin/answer/warning-header.ts";
import { yamlList } from "../../../src/admin/answer/yaml-list.ts";
import { isSurprise, statusOf } from "../../../src/admin/status/status-of.ts";
import { namespaceKind } from "../../../src/core/resources/namespace.ts";
import { storeFailures, type StoreFailureCode } from "../../../src/stores/failures.ts";
import { listedItems } from "../../../src/stores/listed-items.ts";
import { TextPieces } from "../../../src/stores/sqlite/text-pieces.ts";
import { StoreFailure } from "../../../src/stores/store-failure.ts";
import type { ListedText } from "../../../src/stores/store.ts";

test("warnings - are quoted, said once and kept short together", () => {
  assert.deepEqual(warningHeaders(['unknown field "a"', "b", "b"]), [
    String.raw`299 - "unknown field \"a\""`,
    '299 - "b"',
  ]);
  const many = warningHeaders(Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(1000)}`));
  assert(many.length > 10);
  assert(many.join("").length < 5000);
  assert.deepEqual(warningHeaders([]), []);
});

test("warnings - any text makes a header value that Node takes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
      for (const header of warningHeaders(texts)) assert.match(header, /^299 - "[\x20-\x7e]*"$/);
    }),
  );
});

/** As a store gives it. */
function listedText(items: readonly unknown[]): ListedText {
  const texts = new TextPieces();
  for (const item of items) texts.add(JSON.stringify(item));
  return { pieces: texts.finish(), resourceVersion: "7" };
}

const HEAD = { kind: "List", metadata: { resourceVersion: "7" } };

async function all<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const piece of pieces) collected.push(piece);
  return collected;
}

async function jsonText(items: readonly unknown[], item: RepresentedList["item"]): Promise<string> {
  const body = jsonList({ head: HEAD, property: "items", item }, listedText(items));
  return Buffer.concat((await all(body)).map((piece) => Buffer.from(piece))).toString();
}

async function yamlText(items: readonly unknown[]): Promise<string> {
  const body = yamlList({ head: HEAD, property: "items", item: undefined }, listedText(items));
  return (await all(body)).join("");
}

test("list - the pieces of a JSON list make the list, passed on or item by item", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), async (items) => {
      const expected = `${JSON.stringify({ ...HEAD, items })}\n`;
      assert.equal(await jsonText(items, undefined), expected);
      assert.equal(await jsonText(items, (value) => value), expected);
    }),
  );
});

test("list - the pieces of a YAML list make the list", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), async (items) => {
      assert.deepEqual(parse(await yamlText(items)), JSON.parse(JSON.stringify({ ...HEAD, items })));
    }),
  );
});

test("list - a long one comes in many pieces, none of which ends inside an item or a character", async () => {
  const items = Array.from({ length: 300 }, (_, index) => `${index} ${"ü".repeat(1000)}`);
  const listed = listedText(items);
  assert(listed.pieces.length > 3);
  const parts = await all(listedItems(listed));
  assert.deepEqual([parts.length, parts.flat()], [listed.pieces.length, items]);
  assert.equal(await jsonText(items, undefined), `${JSON.stringify({ ...HEAD, items })}\n`);
});

test("list - other work has its turn between the pieces of a long one", async () => {
  const items = Array.from({ length: 300 }, () => "x".repeat(1000));
  const turns = async (pieces: AsyncIterable<unknown>) => {
    let [count, running] = [0, true];
    const turn = () => {
      count++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    for await (const _ of pieces);
    running = false;
    return count;
  };
  const list = (item: RepresentedList["item"]) => ({ head: HEAD, property: "items", item }) as const;
  assert((await turns(jsonList(list(undefined), listedText(items)))) >= 3);
  assert(
    (await turns(
      jsonList(
        list((value) => value),
        listedText(items),
      ),
    )) >= 3,
  );
  assert((await turns(yamlList(list(undefined), listedText(items)))) >= items.length);
});

test("status - every failure of a store has a reason and its own code", () => {
  for (const code of Object.keys(storeFailures) as StoreFailureCode[]) {
    const failure = new StoreFailure(code, ["v"], { resource: namespaceKind, ref: { name: "n" } });
    const status = statusOf(failure);
    assert.equal(status.code, failure.status, code);
    assert(status.reason, code);
    assert.equal(isSurprise(failure), failure.status >= 500, code);
  }
});

test("status - an unknown error says nothing of itself", () => {
  const status = statusOf(new Error("password=hunter2"));
  assert.deepEqual([status.code, status.reason], [500, "InternalError"]);
  assert(!JSON.stringify(status).includes("hunter2"));
  assert(isSurprise(new Error("x")));
});
