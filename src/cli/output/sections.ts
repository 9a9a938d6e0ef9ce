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

/** Whoever may write an object must not move the cursor of whoever reads it. */
function printable(value: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** `a=1, b=2`, or `<none>`. */
export function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(pairs).map(([name, value]) => `${name}=${String(value)}`);
  return texts.join(", ") || "<none>";
}
