/** One query of a panel. `$at` stands for the job and the instances, `$of` for these and the Applications. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What is to be seen in it, and what to do then. */
  readonly description: string;
  readonly as: "number" | "lines" | "bars" | "table";
  readonly unit?: string;
  /** Of 24. */
  readonly width: number;
  readonly queries: readonly Query[];
  /** From which value on it is yellow and red; from which downwards where `isLowBad`. */
  readonly thresholds?: readonly [yellow: number, red: number];
  readonly isLowBad?: boolean;
  /** Of a number: the legend is what is shown. */
  readonly isName?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}
