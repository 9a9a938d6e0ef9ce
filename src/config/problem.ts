/** One thing that is wrong with the configuration. Holds no value but a number: others may be a secret. */
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

/** A number, with or without a unit, that nobody has for a secret. */
const QUANTITY = /^[+-]?\d{1,10}(\.\d{1,6})?[a-z]{0,3}$/i;

/** A number that somebody mistyped: `eighty`, `80a80`. What is longer may be something else in its place. */
const MISTYPED = /^[\w.+-]{1,10}$/;

/** A refused value itself where it is a number or, for a setting that is a number, could have been one. */
export function shownOrClassOf(raw: unknown, setting: { readonly isNumber?: boolean }): string {
  if (typeof raw === "number" || typeof raw === "bigint") return String(raw);
  if (typeof raw !== "string") return classOf(raw);
  if (QUANTITY.test(raw)) return raw;
  return setting.isNumber && MISTYPED.test(raw) ? `"${raw}"` : classOf(raw);
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
