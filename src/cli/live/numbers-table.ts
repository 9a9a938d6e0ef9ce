import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";
import type { ApiNumbers } from "./api-numbers.ts";
import { fitName, fitWidths } from "./fit-names.ts";

export const ORDERS = ["calls", "errors", "refused", "in-flight", "p50", "p99"] as const;

export type Order = (typeof ORDERS)[number];

const VALUES: Readonly<Record<Order, (row: ApiNumbers) => number>> = {
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  refused: ({ refused }) => refused,
  "in-flight": ({ inFlight }) => inFlight,
  p50: ({ p50 = -1 }) => p50,
  p99: ({ p99 = -1 }) => p99,
};

const GAP = "  ";
const WIDE_GAP = "   ";

interface Column {
  readonly head: string;
  readonly text: (row: ApiNumbers) => string;
  readonly isNumber: boolean;
  /** How a line's cell is to be seen. */
  readonly style?: (row: ApiNumbers) => "red" | "yellow" | undefined;
}

const name = (head: string, index: 0 | 1 | 2): Column => ({
  head,
  // Calls of no API have no names.
  text: ({ names }) => printable(names[index] || "-"),
  isNumber: false,
});

const COLUMNS: readonly Column[] = [
  name("APPLICATION", 0),
  name("SERVICE", 1),
  name("ENTRY", 2),
  { head: "CALLS/S", text: ({ calls }) => rateText(calls), isNumber: true },
  {
    head: "5XX/S",
    text: ({ errors }) => rateText(errors),
    isNumber: true,
    style: ({ errors }) => (errors > 0 ? "red" : undefined),
  },
  {
    head: "REFUSED/S",
    text: ({ refused }) => rateText(refused),
    isNumber: true,
    style: ({ refused }) => (refused > 0 ? "yellow" : undefined),
  },
  { head: "P50", text: ({ p50 }) => durationCell(p50), isNumber: true },
  { head: "P99", text: ({ p99 }) => durationCell(p99), isNumber: true },
  { head: "IN FLIGHT", text: ({ inFlight }) => String(inFlight), isNumber: true },
];

export interface NumbersStyle {
  readonly order: Order;
  readonly emphasis: Emphasis;
  /** Characters that a line may have. */
  readonly width: number;
  /** Lines that there is room for, the head included. */
  readonly height: number;
}

/** Lines of a table, the busiest API first; what has no room is counted in the last line. */
export function numbersTable(rows: readonly ApiNumbers[], style: NumbersStyle): readonly string[] {
  const { order, emphasis, height } = style;
  const value = VALUES[order];
  const sorted = rows.toSorted(
    (one, other) => value(other) - value(one) || compare(one.names.join("/"), other.names.join("/")),
  );
  const isTooLong = sorted.length + 1 > height;
  const shown = isTooLong ? sorted.slice(0, Math.max(0, height - 2)) : sorted;
  const cells = shown.map((row) => COLUMNS.map(({ text }) => text(row)));
  const widths = columnWidths(cells, style.width);
  const head = COLUMNS.map((column, index) => {
    const width = widths[index] ?? 0;
    return padded(column.head.slice(0, width), column, width);
  });
  const lines = shown.map((row, line) => {
    const texts = COLUMNS.map((column, index) =>
      padded(cells[line]?.[index] ?? "", column, widths[index] ?? 0),
    );
    return coloured(texts, row, style);
  });
  const rest = isTooLong ? [emphasis("dim", `and ${sorted.length - shown.length} more`)] : [];
  return [emphasis("bold", joined(head, style.width)), ...lines, ...rest];
}

/** Names become shorter where the terminal is too narrow: the numbers are what the table is for. */
function columnWidths(cells: readonly (readonly string[])[], width: number): readonly number[] {
  const wanted = COLUMNS.map(({ head }, index) =>
    Math.max(head.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const isName = (index: number) => COLUMNS[index]?.isNumber === false;
  const others = wanted.filter((_, index) => !isName(index)).reduce((sum, each) => sum + each, 0);
  const room = width - others - GAP.length * (COLUMNS.length - 1);
  const names = fitWidths(
    wanted.filter((_, index) => isName(index)),
    room,
  );
  return [...names, ...wanted.slice(names.length)];
}

/** What all of it comes to, in two lines: all in the first where it has room there. */
export function summaryLines(
  rows: readonly ApiNumbers[],
  { time, width }: { readonly time: string; readonly width: number },
): readonly [string, string] {
  const sum = (value: (row: ApiNumbers) => number) => rows.reduce((total, row) => total + value(row), 0);
  const calls = sum((row) => row.calls);
  const share = (value: number) => `${calls === 0 ? "0.0" : ((100 * value) / calls).toFixed(1)} %`;
  const applications = new Set(rows.map(({ names }) => names[0]).filter((text) => text !== ""));
  const apis = rows.filter(({ names }) => names[1] !== "").length;
  const what = [
    `appconn top  ${time}`,
    `${counted(apis, "API")} of ${counted(applications.size, "Application")}`,
  ];
  const numbers = [
    `${rateText(calls)} calls/s`,
    `5xx ${share(sum((row) => row.errors))}`,
    `refused ${share(sum((row) => row.refused))}`,
    `${sum((row) => row.inFlight)} in flight`,
  ];
  const all = [...what, ...numbers].join(WIDE_GAP);
  if (all.length <= width) return [all, ""];
  return [what.join(WIDE_GAP).slice(0, width), numbers.join(WIDE_GAP).slice(0, width)];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Colours are no characters of a line, so they come last. A line that is too long has none. */
function coloured(texts: readonly string[], row: ApiNumbers, { emphasis, width }: NumbersStyle): string {
  const plain = joined(texts, width);
  if (plain !== joined(texts, Number.POSITIVE_INFINITY)) return plain;
  if (row.calls === 0 && row.inFlight === 0) return emphasis("dim", plain);
  return texts
    .map((text, index) => {
      const colour = COLUMNS[index]?.style?.(row);
      return colour ? emphasis(colour, text) : text;
    })
    .join(GAP);
}

function joined(texts: readonly string[], width: number): string {
  return texts.join(GAP).slice(0, width);
}

function padded(text: string, { isNumber }: Column, width: number): string {
  return isNumber ? text.padStart(width) : fitName(text, width).padEnd(width);
}

function rateText(rate: number): string {
  return rate.toFixed(1);
}

function durationCell(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "-";
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
