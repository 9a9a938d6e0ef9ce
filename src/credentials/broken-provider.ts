import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { CredentialFailure } from "./failures.ts";
import type { CredentialProvider, CredentialType } from "./provider.ts";

export interface BrokenCredential {
  readonly type: CredentialType;
  readonly secretName: string | undefined;
  /** Without the client certificate that could not be prepared. */
  readonly tls: TlsIdentity;
  readonly fingerprint: string;
  readonly failure: CredentialFailure;
}

/**
 * A credential that cannot be used as it is configured. It fails when it is asked for and not before,
 * because a caller who brings an Access-Token does not need it (gateway spec §8.1).
 */
export class BrokenProvider implements CredentialProvider {
  readonly type: CredentialType;
  readonly fetches = false;
  readonly secretName: string | undefined;
  readonly tls: TlsIdentity;
  readonly fingerprint: string;
  readonly failure: CredentialFailure;

  constructor({ type, secretName, tls, fingerprint, failure }: BrokenCredential) {
    this.type = type;
    this.secretName = secretName;
    this.tls = tls;
    this.fingerprint = fingerprint;
    this.failure = failure;
  }

  current(): undefined {
    return undefined;
  }

  fetch(): Promise<CredentialFailure> {
    return Promise.resolve(this.failure);
  }

  invalidate(): void {}

  hold(): void {}

  release(): void {}
}
