import type { PlainObject } from "../../core/plain-object.ts";
import { objectsAt, textAt, valueAt } from "../json-fields.ts";
import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";
import type { Table } from "../output/table.ts";

const COLUMNS = [
  { name: "Application", wide: false },
  { name: "Service", wide: false },
  { name: "Kind", wide: false },
  { name: "Id", wide: true },
  { name: "Title", wide: false },
  // Coloured, and therefore last: colours would count as characters of a column.
  { name: "Match", wide: false },
] as const;

/** Characters of a cell; a title may be as long as somebody wished. */
const WIDEST = 50;

/** What a search found, the best first, with the words that matched made bold. */
export function foundTable(items: readonly PlainObject[], emphasis: Emphasis): Table {
  const rows = items.map((item) => ({
    cells: [
      ...["application", "service", "kind"].map((name) => short(textAt(item, name))),
      printable(textAt(item, "serviceId") ?? ""),
      short(textAt(item, "title")),
      match(item, emphasis),
    ],
    metadata: undefined,
  }));
  return { columns: COLUMNS, rows };
}

function match(item: PlainObject, emphasis: Emphasis): string {
  const pieces = objectsAt(item, "snippet").map((piece) => {
    const text = printable(textAt(piece, "text") ?? "");
    return valueAt(piece, "matched") === true ? emphasis("bold", text) : text;
  });
  return pieces.join("").trim();
}

function short(text = ""): string {
  const line = printable(text);
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1).toWellFormed()}…` : line;
}
