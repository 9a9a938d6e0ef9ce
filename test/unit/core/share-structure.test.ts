import { test } from "node:test";
import { deepEqual, equal, notEqual } from "node:assert/strict";
import fc from "fast-check";
import { shareStructure } from "../../../src/core/share-structure.ts";

const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("share structure - what is equal is the former value itself", () => {
  const former = { a: [1, { b: "x" }], c: null };
  equal(shareStructure(former, copy(former)), former);
});

test("share structure - around a change everything is shared", () => {
  const former = {
    name: "n",
    services: [
      { id: 1, entries: [{ a: 1 }] },
      { id: 2, entries: [{ a: 2 }] },
    ],
  };
  const next = copy(former) as typeof former;
  (next.services[1] as { id: number }).id = 3;
  const shared = shareStructure(former, next);
  notEqual(shared, former);
  equal(shared.services[0], former.services[0]);
  notEqual(shared.services[1], former.services[1]);
  equal(shared.services[1]?.entries, former.services[1]?.entries);
  equal(former.services[1]?.id, 2);
});

test("share structure - items keep theirs when one is put in before them or left out", () => {
  const former = [{ id: 1 }, { id: 2 }, { id: 3 }];
  const fewer = shareStructure(former, [{ id: 2 }, { id: 3 }]);
  equal(fewer[0], former[1]);
  equal(fewer[1], former[2]);
  const more = shareStructure(former, [{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }]);
  deepEqual(
    more.slice(1).map((item, index) => item === former[index]),
    [true, true, true],
  );
});

test("share structure - other keys, another order and another prototype are no equality", () => {
  const former = JSON.parse('{"a":1,"__proto__":{"b":2},"c":[]}') as object;
  const other = JSON.parse('{"a":1,"__proto__":{"b":3},"c":[]}') as object;
  equal(JSON.stringify(shareStructure(former, other)), '{"a":1,"__proto__":{"b":3},"c":[]}');
  const turned = JSON.parse('{"c":[],"__proto__":{"b":2},"a":1}') as object;
  equal(JSON.stringify(shareStructure(former, turned)), '{"c":[],"__proto__":{"b":2},"a":1}');
});

test("share structure - the value is what it was, and so is the former one", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.boolean(), (one, two, isRelated) => {
      const former = copy(isRelated ? [one, two] : one);
      const next = copy(isRelated ? [two, one, two] : two);
      const [formerText, nextText] = [JSON.stringify(former), JSON.stringify(next)];
      equal(JSON.stringify(shareStructure(former, next)), nextText);
      equal(JSON.stringify(former), formerText);
    }),
  );
});
