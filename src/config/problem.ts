/** One thing that is wrong with the configuration. Never holds a value: it may be a secret. */
export interface Problem {
  /** What it concerns: the key of a setting, or the name as it was given. */
  readonly subject: string;
  readonly text: string;
  /** `--gateway-port`, `APPCONN_GATEWAY_PORT` or `connector.yaml:14`. */
  readonly source: string;
}

/** All problems as one text, a line each, in columns. */
export function describeProblems(problems: readonly Problem[]): string {
  const width = (pick: (problem: Problem) => string): number =>
    Math.max(...problems.map((problem) => pick(problem).length));
  const subject = width((problem) => problem.subject);
  const text = width((problem) => problem.text);
  const lines = problems.map(
    (problem) =>
      `  ${problem.subject.padEnd(subject)}  ${problem.text.padEnd(text)}  (from ${problem.source})`,
  );
  return [`config: ${problems.length} problem${problems.length === 1 ? "" : "s"}`, ...lines].join("\n");
}

/** What a refused value is, without showing it. */
export function classOf(raw: unknown): string {
  if (raw === undefined || raw === null) return "nothing";
  if (Array.isArray(raw)) return "a list";
  if (typeof raw === "boolean") return "true or false";
  if (typeof raw === "number" || typeof raw === "bigint") return "a number";
  if (typeof raw !== "string") return "a map";
  if (raw === "") return "an empty text";
  return /^-?\d+(\.\d+)?$/.test(raw) ? "a number" : "a text";
}
