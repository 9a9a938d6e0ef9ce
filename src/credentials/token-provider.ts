import type { TlsIdentity } from "../outbound/tls-identity.ts";
import { cacheLookedUp } from "../telemetry/channels.ts";
import { credentialFailure, type CredentialFailure } from "./failures.ts";
import type { Authorisation, CredentialProvider, FetchOptions } from "./provider.ts";
import type { TokenCache } from "./token-cache.ts";
import type { TokenSlot, TokenSource } from "./token-slot.ts";

export interface TokenCredential {
  readonly secretName: string | undefined;
  /** Presented to the target: token credentials have no client certificate there. */
  readonly tls: TlsIdentity;
  readonly fingerprint: string;
  readonly source: TokenSource;
  readonly tokens: TokenCache;
}

const HIT = Object.freeze({ cache: "token", hit: true } as const);
const MISS = Object.freeze({ cache: "token", hit: false } as const);

/** A credential that is exchanged for tokens. Providers with the same fingerprint share the token. */
export class TokenProvider implements CredentialProvider {
  readonly type: TokenSource["type"];
  readonly fetches = true;
  readonly secretName: string | undefined;
  readonly tls: TlsIdentity;
  readonly fingerprint: string;
  readonly #source: TokenSource;
  readonly #tokens: TokenCache;
  /** Where the token was last time, so that a call looks nothing up. */
  #slot: TokenSlot | undefined;

  constructor({ secretName, tls, fingerprint, source, tokens }: TokenCredential) {
    this.type = source.type;
    this.secretName = secretName;
    this.tls = tls;
    this.fingerprint = fingerprint;
    this.#source = source;
    this.#tokens = tokens;
  }

  current(): Authorisation | undefined {
    const authorisation = this.#slot?.current() ?? this.#lookAgain();
    if (cacheLookedUp.hasSubscribers) cacheLookedUp.publish(authorisation ? HIT : MISS);
    return authorisation;
  }

  fetch(signal: AbortSignal, options?: FetchOptions): Promise<Authorisation | CredentialFailure> {
    // A call from before the change does not ask with what may have been revoked by it.
    if (!this.#tokens.isHeld(this.fingerprint)) {
      return Promise.resolve(credentialFailure("CREDENTIALS_TOKEN_WITHDRAWN"));
    }
    this.#slot = this.#tokens.slot(this.fingerprint, this.#source);
    return this.#slot.fetch(signal, options);
  }

  invalidate(used: Authorisation): void {
    this.#slot?.invalidate(used);
  }

  hold(): void {
    this.#tokens.hold(this.fingerprint);
  }

  release(): void {
    this.#tokens.release(this.fingerprint);
  }

  /** Another provider of the same credential may have fetched a token since. */
  #lookAgain(): Authorisation | undefined {
    const slot = this.#tokens.find(this.fingerprint);
    if (!slot || slot === this.#slot) return undefined;
    this.#slot = slot;
    return slot.current();
  }
}
