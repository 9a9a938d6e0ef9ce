import { equal } from "node:assert/strict";
import { test } from "node:test";
import { ParsedObjects } from "../../../src/stores/sqlite/parsed-objects.ts";

const kind = { group: "example.com", kind: "Widget" };

function textOf(name: string, resourceVersion: string, namespace?: string): string {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), resourceVersion };
  return JSON.stringify({ apiVersion: "example.com/v1", kind: "Widget", metadata });
}

test("parsed objects - a state that one watcher was given is known to the next by its name and version", () => {
  const objects = new ParsedObjects();
  const given = Array.from({ length: 100 }, (_, index) => objects.watched(textOf(`w${index}`, "7")).object);
  equal(objects.known(kind, { ref: { name: "w0" }, version: "7" }), given[0]);
  equal(objects.known(kind, { ref: { name: "w99" }, version: "7" }), given[99]);
});

test("parsed objects - another version, another kind and another namespace are not known", () => {
  const objects = new ParsedObjects();
  const { object: given } = objects.watched(textOf("one", "7", "here"));
  const ref = { name: "one", namespace: "here" };
  equal(objects.known(kind, { ref, version: "7" }), given);
  equal(objects.known(kind, { ref, version: "8" }), undefined);
  equal(objects.known({ ...kind, kind: "Gadget" }, { ref, version: "7" }), undefined);
  equal(objects.known(kind, { ref: { name: "one" }, version: "7" }), undefined);
  objects.watched(textOf("one", "9", "here"));
  equal(objects.known(kind, { ref, version: "7" }), undefined);
});
