import type { Clock } from "../core/clock.ts";
import type { Pools } from "../outbound/exchange.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { ExchangedTokens } from "./exchanged-tokens.ts";
import { credentialFailure, type CredentialFailure } from "./failures.ts";
import type { RequestSharing } from "./request-sharing.ts";
import { holdsLineBreak, secretValue, type SecretData } from "./secret-data.ts";
import type { TokenCache } from "./token-cache.ts";

/** What a credential is made of, whatever its type; each provider takes what it needs. */
export interface CredentialMaterial {
  /** `services[].name`, for texts. */
  readonly service: string;
  readonly secretName: string;
  readonly data: SecretData;
  /** As written; empty when there is none. */
  readonly authenticationUrl: string;
  /** Without a client certificate; says whether servers are verified. */
  readonly tls: TlsIdentity;
}

/** What it takes to call an endpoint. */
export interface OutgoingContext {
  readonly connections: Pools;
  readonly policy: EgressPolicy;
  readonly clock: Clock;
  /** Milliseconds that a request may take (`proxyTimeout`). */
  readonly timeout: number;
  readonly sharing: RequestSharing;
}

/** What providers that call a token endpoint need beside. */
export interface TokenContext extends OutgoingContext {
  readonly tokens: TokenCache;
  readonly exchangedTokens: ExchangedTokens;
}

/** CR, LF and NUL are in no credential that goes into a header or a form (gateway spec §19). */
export function refuseLineBreaks(
  material: CredentialMaterial,
  keys: readonly string[],
): CredentialFailure | undefined {
  const key = keys.find((name) => holdsLineBreak(secretValue(material.data, name)));
  return key === undefined ? undefined : invalidSecret(material, `'${key}' holds a line break or NUL`);
}

/** `problem` names a key and holds nothing of its value. */
export function invalidSecret(
  { service, secretName }: CredentialMaterial,
  problem: string,
): CredentialFailure {
  return credentialFailure("CREDENTIALS_SECRET_INVALID", service, secretName, problem);
}
