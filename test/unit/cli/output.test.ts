import assert from "node:assert/strict";
import { test } from "node:test";
import { emphasisFor } from "../../../src/cli/output/emphasis.ts";
import { outputFormat } from "../../../src/cli/output/output-format.ts";
import { printObject, withoutManagedFields } from "../../../src/cli/output/print-object.ts";
import { Progress } from "../../../src/cli/output/progress.ts";
import { TableRenderer, type TableStyle } from "../../../src/cli/output/render-table.ts";
import { renderLines } from "../../../src/cli/output/sections.ts";
import { tableFrom } from "../../../src/cli/output/table.ts";
import type { ResourceType } from "../../../src/cli/server/resource-type.ts";

const type = (kind: string, group = ""): ResourceType => ({
  group,
  kind,
  version: "v1",
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  namespaced: true,
  shortNames: [],
  categories: [],
  verbs: [],
});

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

const style: TableStyle = {
  wide: false,
  namespaces: false,
  prefix: "",
  headers: true,
  emphasis: (_style, text) => text,
};

const table = {
  kind: "Table",
  columnDefinitions: [
    { name: "Name", priority: 0 },
    { name: "Age", priority: 0 },
    { name: "Provider", priority: 1 },
  ],
  rows: [
    { cells: ["orders", "3s", "ACME"], object: { metadata: { namespace: "default" } } },
    { cells: ["x", null, 7], object: { metadata: { namespace: "a-long-namespace" } } },
  ],
};

test("output - a terminal gets a table, a pipe JSON, and Secrets are a table in both", () => {
  assert.equal(outputFormat(undefined, output(true), [type("Application", "a.b")]), "table");
  assert.equal(outputFormat(undefined, output(false), [type("Application", "a.b")]), "json");
  assert.equal(outputFormat(undefined, output(false), [type("ConfigMap"), type("Secret")]), "table");
  assert.equal(outputFormat("json", output(true), [type("Secret")]), "json");
});

test("output - colours only on a terminal, and where nobody asked for none", () => {
  assert.equal(emphasisFor(output(true), {})("bold", "x"), "\u001B[1mx\u001B[22m");
  assert.equal(emphasisFor(output(false), {})("bold", "x"), "x");
  assert.equal(emphasisFor(output(true), { NO_COLOR: "1" })("bold", "x"), "x");
  assert.equal(emphasisFor(output(true), { NO_COLOR: "" })("bold", "x"), "\u001B[1mx\u001B[22m");
  assert.equal(emphasisFor(output(true), { TERM: "dumb" })("bold", "x"), "x");
});

test("output - progress is shown on a terminal only, and goes", () => {
  const [terminal, pipe] = [output(true), output(false)];
  for (const place of [terminal, pipe]) {
    using progress = new Progress(place);
    progress.show("waiting");
  }
  assert.deepEqual(pipe.written, []);
  assert.equal(terminal.written.join(""), "\r\u001B[Kwaiting …\r\u001B[K");
});

test("table - columns are as wide as their widest cell; wide ones only when asked", () => {
  const renderer = new TableRenderer(style);
  assert.equal(renderer.render(tableFrom(table)), "NAME     AGE\norders   3s\nx\n");
  const wide = new TableRenderer({ ...style, wide: true, namespaces: true, prefix: "app/" });
  assert.equal(
    wide.render(tableFrom(table)),
    [
      "NAMESPACE          NAME         AGE   PROVIDER",
      "default            app/orders   3s    ACME",
      "a-long-namespace   app/x              7",
      "",
    ].join("\n"),
  );
});

test("table - later rows stand under the same headers, which are not repeated", () => {
  const renderer = new TableRenderer(style);
  const first = tableFrom(table);
  renderer.render(first);
  const later = tableFrom(
    { kind: "Table", columnDefinitions: null, rows: [{ cells: ["y", "1m", ""] }] },
    first.columns,
  );
  assert.equal(renderer.render(later), "y        1m\n");
});

test("table - no cell can move the cursor of a terminal", () => {
  const evil = { ...table, rows: [{ cells: ["a\u001B[2Jb\nc\u009Bd", "", ""] }] };
  assert.equal(new TableRenderer({ ...style, headers: false }).render(tableFrom(evil)), "a [2Jb c d\n");
});

test("table - a server that makes none still gives names", () => {
  const list = { items: [{ metadata: { name: "a", creationTimestamp: "2026-11-21T00:00:00Z" } }] };
  const text = new TableRenderer(style).render(tableFrom(list));
  assert.equal(text, "NAME   CREATED\na      2026-11-21T00:00:00Z\n");
});

test("sections - values stand in one column, control characters do not pass", () => {
  const text = renderLines([
    { label: "Name", value: "orders\u001B[2J" },
    { label: "Longer name", value: "x" },
    { label: "Inner", inner: [{ label: "A", value: "1" }] },
  ]);
  assert.equal(text, "Name:          orders [2J\nLonger name:   x\nInner:\n  A:   1\n");
});

test("objects - who wrote which field can be left out; YAML keeps texts texts", () => {
  const object = { metadata: { name: "a", managedFields: [{}] }, data: { on: "yes", n: "0600" } };
  assert.deepEqual(JSON.parse(printObject(object, "json")), object);
  assert.deepEqual(withoutManagedFields(object), { metadata: { name: "a" }, data: object.data });
  const yaml = printObject(object, "yaml");
  assert.match(yaml, /"on": "yes"/);
  assert.match(yaml, /"n": "0600"/);
});
