import type { CredentialFailure } from "./failures.ts";
import type { CsrfProvider } from "./provider.ts";

/** A CSRF endpoint that cannot be called as it is written. */
export class BrokenCsrfProvider implements CsrfProvider {
  readonly failure: CredentialFailure;

  constructor(failure: CredentialFailure) {
    this.failure = failure;
  }

  current(): undefined {
    return undefined;
  }

  fetch(): Promise<CredentialFailure> {
    return Promise.resolve(this.failure);
  }

  fetchAlone(): Promise<CredentialFailure> {
    return Promise.resolve(this.failure);
  }

  invalidate(): void {}

  hold(): void {}

  release(): void {}
}
