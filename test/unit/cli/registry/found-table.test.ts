import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import { test } from "node:test";
import { TableRenderer } from "../../../../src/cli/output/render-table.ts";
import { documentTable, findingTable } from "../../../../src/cli/registry/document-table.ts";
import { foundTable } from "../../../../src/cli/registry/found-table.ts";

const plain = (_style: string, text: string) => text;
const style = { wide: true, namespaces: false, prefix: "", headers: false, emphasis: plain };

const HOSTILE = "\u001b[2J\u0007\r\nx\u009b31m";

test("found table - what matched is bold, and a title has an end", () => {
  const item = {
    application: "shop",
    service: "Orders",
    serviceId: "1",
    kind: "openapi",
    title: "t".repeat(200),
    snippet: [
      { text: "all ", matched: false },
      { text: "orders", matched: true },
    ],
  };
  const [row] = foundTable([item], (name, text) => `<${name}>${text}</>`).rows;
  deepEqual(row?.cells, ["shop", "Orders", "openapi", "1", `${"t".repeat(49)}…`, "all <bold>orders</>"]);
});

test("tables of documents - nothing that a stranger wrote moves the cursor of who reads it", () => {
  const hostile = { title: HOSTILE, service: HOSTILE, serviceId: HOSTILE, type: HOSTILE, message: HOSTILE };
  const snippet = [{ text: HOSTILE, matched: true }];
  const tables = [
    foundTable([{ ...hostile, snippet }], plain),
    documentTable([{ ...hostile, fileName: HOSTILE, size: HOSTILE }]),
    findingTable([{ ...hostile, path: HOSTILE, severity: HOSTILE }]),
  ];
  for (const table of tables) {
    const text = new TableRenderer(style).render(table);
    equal(text.split("\n").length, 2);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
});
