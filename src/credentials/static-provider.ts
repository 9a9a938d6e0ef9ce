import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { Authorisation, CredentialProvider, CredentialType } from "./provider.ts";

export interface StaticCredential {
  readonly type: CredentialType;
  readonly secretName: string | undefined;
  readonly tls: TlsIdentity;
  readonly fingerprint: string;
  readonly authorisation: Authorisation;
}

/** A credential that is known as soon as its Secret is: nothing to fetch, nothing that a refusal would change. */
export class StaticProvider implements CredentialProvider {
  readonly type: CredentialType;
  readonly fetches = false;
  readonly secretName: string | undefined;
  readonly fingerprint: string;
  readonly #tls: TlsIdentity;
  readonly #authorisation: Authorisation;

  constructor({ type, secretName, tls, fingerprint, authorisation }: StaticCredential) {
    this.type = type;
    this.secretName = secretName;
    this.fingerprint = fingerprint;
    this.#tls = tls;
    this.#authorisation = authorisation;
  }

  get tls(): TlsIdentity {
    return this.#tls;
  }

  current(): Authorisation {
    return this.#authorisation;
  }

  fetch(): Promise<Authorisation> {
    return Promise.resolve(this.#authorisation);
  }

  invalidate(): void {}

  hold(): void {}

  release(): void {}
}
