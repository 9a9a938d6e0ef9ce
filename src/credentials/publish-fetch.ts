import { reasonOf } from "../core/failures.ts";
import { tokenFetched, type TokenFetched } from "../telemetry/channels.ts";
import { credentialFailureText, isCredentialFailure } from "./failures.ts";

export interface EndedFetch extends Pick<TokenFetched, "type" | "background" | "milliseconds"> {
  /** What was fetched (which is not looked at), a CredentialFailure, or an error that nobody expected. */
  readonly outcome: unknown;
}

/** Tells telemetry that a token or CSRF token was asked for, and how that ended. */
export function publishFetch({ type, background, milliseconds, outcome }: EndedFetch): void {
  if (!tokenFetched.hasSubscribers) return;
  tokenFetched.publish({ type, background, milliseconds, ...described(outcome) });
}

function described(outcome: unknown): Pick<TokenFetched, "result" | "failure" | "reason"> {
  if (outcome instanceof Error) {
    return { result: "failed", failure: outcome.name, reason: reasonOf(outcome) };
  }
  if (typeof outcome === "object" && outcome !== null && isCredentialFailure(outcome)) {
    return { result: "failed", failure: outcome.code, reason: credentialFailureText(outcome) };
  }
  return { result: "ok", failure: undefined, reason: undefined };
}
