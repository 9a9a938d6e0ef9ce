import type { CheckStep } from "./check-step.ts";

export interface CheckedAnswer {
  readonly status: number;
  readonly milliseconds: number;
  /** Whether credentials of the API went with the request. */
  readonly hasCredentials: boolean;
}

/** What the target's answer to HEAD says of calls: that there is one is what matters most. */
export function answerStep({ status, milliseconds, hasCredentials }: CheckedAnswer): CheckStep {
  const answered = { step: "http", milliseconds } as const;
  const message = `HEAD of the target URL, sent without a body, was answered with ${status}`;
  if (status === 401 && !hasCredentials) {
    return {
      ...answered,
      state: "warning",
      message,
      remedy: "Callers must bring credentials of their own; or give the API some.",
    };
  }
  if (status === 401 || status === 407) return { ...answered, state: "failed", message, remedy: REFUSED };
  if (status === 403) return { ...answered, state: "warning", message, remedy: FORBIDDEN };
  if (status === 429)
    return { ...answered, state: "warning", message, remedy: "Wait until the target takes calls again." };
  if (status >= 500 && status !== 501)
    return { ...answered, state: "warning", message, remedy: "Look at the log of the target." };
  // Many APIs have nothing at their base, or do not know HEAD, and all of that says that somebody is there.
  return { ...answered, state: "ok", message };
}

const REFUSED = "Check the credentials in the Secret: the target does not take them.";
const FORBIDDEN =
  "Check what the target allows these credentials; it may be that only this path is forbidden to them.";
