import { printable } from "./printable.ts";

/** A labelled line of a description, with lines below it. */
export interface Line {
  readonly label: string;
  readonly value?: string;
  readonly inner?: readonly Line[];
}

/** Lines with their values in one column; what is below a line is moved in by two. */
export function renderLines(lines: readonly Line[], indent = ""): string {
  const width = Math.max(
    0,
    ...lines.filter(({ value }) => value !== undefined).map(({ label }) => label.length),
  );
  return lines
    .map(({ label, value, inner }) => {
      const below = inner ? renderLines(inner, `${indent}  `) : "";
      const text = value === undefined ? "" : ` ${" ".repeat(width - label.length)}  ${printable(value)}`;
      return `${indent}${label}:${text}\n${below}`;
    })
    .join("");
}

/** `a=1, b=2`, or `<none>`. */
export function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(pairs).map(([name, value]) => `${name}=${String(value)}`);
  return texts.join(", ") || "<none>";
}
