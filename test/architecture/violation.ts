/** What a rule found, printed as one line by a failing test. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

export function describeViolations(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ path, line, rule, text }) => `${path}:${line} ${rule}: ${text}`);
}
