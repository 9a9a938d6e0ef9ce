import { objectAt, objectsAt, textAt, valueAt } from "../json-fields.ts";
import type { PlainObject } from "../../core/plain-object.ts";
import { printable } from "./printable.ts";

/** What the server makes of objects for people (admin-api spec §14). */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly name: string;
  /** Shown with `-o wide` alone. */
  readonly wide: boolean;
}

export interface Row {
  readonly cells: readonly string[];
  readonly metadata: PlainObject | undefined;
}

/** The table in an answer; `columns` are those of an earlier one, which a watch does not repeat. */
export function tableFrom(body: unknown, columns?: readonly Column[]): Table {
  if (valueAt(body, "kind") !== "Table") return plainTable(body);
  const definitions = objectsAt(body, "columnDefinitions").map((definition) => ({
    name: textAt(definition, "name") ?? "",
    wide: Number(valueAt(definition, "priority") ?? 0) > 0,
  }));
  return {
    columns: definitions.length > 0 || !columns ? definitions : columns,
    rows: objectsAt(body, "rows").map((row) => ({
      cells: cellsOf(row),
      metadata: objectAt(row, "object", "metadata"),
    })),
  };
}

/** A server that makes no tables sends the objects themselves. */
function plainTable(body: unknown): Table {
  const objects = Array.isArray(valueAt(body, "items")) ? objectsAt(body, "items") : [body];
  return {
    columns: [
      { name: "Name", wide: false },
      { name: "Created", wide: false },
    ],
    rows: objects.map((object) => ({
      cells: [
        textAt(object, "metadata", "name") ?? "",
        textAt(object, "metadata", "creationTimestamp") ?? "",
      ],
      metadata: objectAt(object, "metadata"),
    })),
  };
}

function cellsOf(row: PlainObject): readonly string[] {
  const cells = row["cells"];
  return Array.isArray(cells) ? cells.map((cell) => (cell === null ? "" : printable(String(cell)))) : [];
}
