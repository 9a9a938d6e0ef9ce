/** One measurement, printed as `gateway case=basic c=64 rps=…` and kept as a row of the history. */
export interface Line {
  readonly contender: string;
  readonly case: string;
  readonly concurrency?: number;
  /** Figures in the order in which they are printed; undefined ones are left out. */
  readonly figures: Readonly<Record<string, number | undefined>>;
}

export function formatLine(line: Line): string {
  const concurrency = line.concurrency === undefined ? [] : [`c=${line.concurrency}`];
  const figures = Object.entries(line.figures).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${shown(value)}`],
  );
  return [line.contender, `case=${line.case}`, ...concurrency, ...figures].join(" ");
}

/** Three significant digits below a hundred, whole numbers above. */
export function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
