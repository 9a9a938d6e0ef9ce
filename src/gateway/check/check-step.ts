/** The steps of a call, in the order in which they are tried out. */
export type CheckStepName =
  "name" | "settings" | "secret" | "token" | "csrf" | "dns" | "policy" | "tcp" | "tls" | "http";

/** `warning`: a call gets through, but something is not as it should be. */
export type CheckState = "ok" | "warning" | "failed" | "skipped";

/** What came of one step. */
export interface CheckStep {
  readonly step: CheckStepName;
  readonly state: CheckState;
  /** How long it took; 0 for what is only looked up. */
  readonly milliseconds: number;
  /** What was done and what came of it; no secret. */
  readonly message: string;
  /** What to do about it: a sentence. */
  readonly remedy?: string;
}

export function skipped(step: CheckStepName, message: string): CheckStep {
  return { step, state: "skipped", milliseconds: 0, message };
}
