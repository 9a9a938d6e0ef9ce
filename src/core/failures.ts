/**
 * Failures are tables: one row per code with its HTTP status, who must act, and its text. Each component
 * declares its own table in `failures.ts`; `docs/errors.md` is generated from them all, and a code is
 * never used twice.
 */
export interface FailureDefinition {
  /** HTTP status that a caller sees. */
  readonly status: number;
  /** Who has to change something before a retry can succeed. */
  readonly actor: "caller" | "operator" | "target" | "provider";
  /** Text with one `%s` for each value. Never put a secret or a body into a value. */
  readonly text: string;
  /** What to do about it, for `docs/errors.md`. */
  readonly remedy: string;
}

export type FailureTable = Readonly<Record<string, FailureDefinition>>;

/** Keeps the literal codes of a table as its key type. */
export function defineFailures<const Codes extends string, Row extends FailureDefinition>(
  table: Readonly<Record<Codes, Row>>,
): Readonly<Record<Codes, Row>> {
  return Object.freeze(table);
}

/** Fills the `%s` of a text in order. Values are inserted as they are: `%` in a value stays `%`. */
export function formatText(text: string, values: readonly (string | number)[]): string {
  let next = 0;
  return text.replace(/%s/g, () => String(values[next++] ?? ""));
}

/** A surprise with a documented code. Expected outcomes are values, not Failures. */
export class Failure extends Error {
  readonly code: string;
  readonly status: number;
  /** What to do about it: a sentence. */
  readonly remedy: string;

  constructor(
    code: string,
    definition: FailureDefinition,
    values: readonly (string | number)[] = [],
    options?: ErrorOptions,
  ) {
    super(formatText(definition.text, values), options);
    this.name = "Failure";
    this.code = code;
    this.status = definition.status;
    this.remedy = definition.remedy;
  }
}

/** The short reason of an unknown thrown value, for a log line or the `{cause}` of an error text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
