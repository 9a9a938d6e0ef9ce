import { textAt } from "../json-fields.ts";
import type { Emphasis } from "./emphasis.ts";
import type { Column, Row, Table } from "./table.ts";

export interface TableStyle {
  readonly wide: boolean;
  /** A column in front with the namespace of each object. */
  readonly namespaces: boolean;
  /** In front of each name, such as `secret/`, where tables of several kinds follow each other. */
  readonly prefix: string;
  readonly headers: boolean;
  readonly emphasis: Emphasis;
}

/** Keeps the widths of a table, so that rows that come later stand under the same headers. */
export class TableRenderer {
  readonly #style: TableStyle;
  #widths: readonly number[] = [];
  #begun = false;

  constructor(style: TableStyle) {
    this.#style = style;
  }

  /** Lines of the rows; of the headers too, the first time. */
  render(table: Table): string {
    const headers = this.#visible(table.columns).map(({ column }) => column.name.toUpperCase());
    const head = this.#style.namespaces ? ["NAMESPACE", ...headers] : headers;
    const rows = table.rows.map((row) => this.#cells(table.columns, row));
    this.#widths = head.map((name, index) =>
      Math.max(this.#widths[index] ?? 0, name.length, ...rows.map((row) => row[index]?.length ?? 0)),
    );
    const withHead = this.#style.headers && !this.#begun;
    this.#begun = true;
    const lines = rows.map((row) => this.#line(row));
    const all = withHead ? [this.#style.emphasis("bold", this.#line(head)), ...lines] : lines;
    return all.map((line) => `${line}\n`).join("");
  }

  #visible(columns: readonly Column[]): readonly { readonly column: Column; readonly index: number }[] {
    return columns
      .map((column, index) => ({ column, index }))
      .filter(({ column }) => this.#style.wide || !column.wide);
  }

  #cells(columns: readonly Column[], { cells, metadata }: Row): readonly string[] {
    const { namespaces, prefix } = this.#style;
    const shown = this.#visible(columns).map(({ index }) => {
      const cell = cells[index] ?? "";
      return index === 0 ? prefix + cell : cell;
    });
    return namespaces ? [textAt(metadata, "namespace") ?? "", ...shown] : shown;
  }

  #line(cells: readonly string[]): string {
    return cells
      .map((cell, index) => cell.padEnd(this.#widths[index] ?? 0))
      .join("   ")
      .trimEnd();
  }
}
