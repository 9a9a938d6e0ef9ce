import { durationText } from "../core/duration.ts";
import { credentialFailure, credentialFailureText, type CredentialFailure } from "../credentials/failures.ts";
import type { CredentialType } from "../credentials/provider.ts";

/**
 * The time that one caller has for its credentials, from when this is made (gateway spec §14). It is the reason
 * with which the caller's wait is aborted; what it waited for goes on, because others may wait for it too.
 */
export class CredentialTimeout {
  readonly #begun = performance.now();
  readonly #timeout: number;

  /** `timeout` in milliseconds: what the caller has for its whole attempt. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** Whole milliseconds. */
  get spent(): number {
    return Math.ceil(performance.now() - this.#begun);
  }

  /** Nothing is left for what comes next. */
  get passed(): boolean {
    return this.spent >= this.#timeout;
  }

  /** What the caller is told when its time was up while it waited for a token. */
  token(type: CredentialType): CredentialFailure {
    const unreachable = credentialFailure(
      "CREDENTIALS_TOKEN_UNREACHABLE",
      "the token endpoint",
      this.#reason,
    );
    // Every failure of a token call with a client certificate has the original's text (decision 0003, D8).
    return type === "OAuthWithCert"
      ? credentialFailure("CREDENTIALS_TOKEN_NOT_ISSUED", credentialFailureText(unreachable))
      : unreachable;
  }

  csrf(): CredentialFailure {
    return credentialFailure("CREDENTIALS_CSRF_UNREACHABLE", "the CSRF endpoint", this.#reason);
  }

  get #reason(): string {
    return `no answer within ${durationText(this.#timeout)}`;
  }
}
