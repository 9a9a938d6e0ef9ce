import type { Clock } from "../../core/clock.ts";
import { basicCredential } from "../../credentials/basic.ts";
import { endpointOf } from "../../credentials/endpoint.ts";
import { endpointFailure } from "../../credentials/endpoint-failure.ts";
import { credentialFailureText, isCredentialFailure } from "../../credentials/failures.ts";
import { fingerprintOf } from "../../credentials/fingerprint.ts";
import { InjectedHeader } from "../../credentials/injected-header.ts";
import { usableTime } from "../../credentials/refresh-schedule.ts";
import { requestToken } from "../../credentials/request-token.ts";
import { tokenRequest } from "../../credentials/token-request.ts";
import type { ExchangeEdge } from "../../outbound/exchange.ts";
import type { TlsIdentity } from "../../outbound/tls-identity.ts";
import type { OAuthCredentials } from "../service-request.ts";
import { checkedParameters } from "./checked-parameters.ts";

export interface SpecificationToken {
  readonly kind: "token";
  readonly authorisation: InjectedHeader;
  /** It was issued for an earlier fetch, and may have been revoked since. */
  readonly isRemembered: boolean;
}

interface RememberedToken {
  readonly authorisation: InjectedHeader;
  /** On the monotonic clock. */
  readonly usableUntil: number;
}

/** More than registrations at a time need; the oldest goes first. */
const MOST_REMEMBERED = 1000;

/**
 * Tokens for fetching specifications, each kept until it expires. Unlike the gateway's they are not renewed in
 * the background: `specificationCredentials` are for one registration and are not stored (registry spec §12).
 */
export class SpecificationTokens {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, RememberedToken>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The token, or why there is none; the reason holds no secret. */
  async obtain(
    credentials: OAuthCredentials,
    tls: TlsIdentity,
    edge: ExchangeEdge,
  ): Promise<SpecificationToken | string> {
    const key = keyOf(credentials, tls);
    const asked = this.#clock.monotonic();
    const remembered = this.#tokens.get(key);
    if (remembered && remembered.usableUntil > asked) {
      return { kind: "token", authorisation: remembered.authorisation, isRemembered: true };
    }
    const issued = await request(credentials, tls, edge);
    if (typeof issued === "string") return issued;
    const authorisation = new InjectedHeader(`Bearer ${issued.accessToken}`);
    this.#remember(key, { authorisation, usableUntil: asked + usableTime(issued.lifetime) });
    return { kind: "token", authorisation, isRemembered: false };
  }

  /** Whoever `token` was shown to refused it. */
  forget(credentials: OAuthCredentials, tls: TlsIdentity, token: SpecificationToken): void {
    const key = keyOf(credentials, tls);
    if (this.#tokens.get(key)?.authorisation === token.authorisation) this.#tokens.delete(key);
  }

  #remember(key: string, token: RememberedToken): void {
    const now = this.#clock.monotonic();
    for (const [other, { usableUntil }] of this.#tokens) {
      if (usableUntil <= now) this.#tokens.delete(other);
    }
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MOST_REMEMBERED && oldest !== undefined) this.#tokens.delete(oldest);
  }
}

/** Whoever may not have the token of a credential does not know everything that this hash is made of. */
function keyOf(
  { url, clientId, clientSecret, requestParameters }: OAuthCredentials,
  tls: TlsIdentity,
): string {
  const { headers, queryParameters } = requestParameters ?? {};
  const parameters = JSON.stringify([headers ?? {}, queryParameters ?? {}]);
  return fingerprintOf("specification", tls.key, url, clientId, clientSecret, parameters);
}

/** As the gateway asks for its tokens (gateway spec §9). */
async function request(
  { url, clientId, clientSecret, requestParameters }: OAuthCredentials,
  tls: TlsIdentity,
  edge: ExchangeEdge,
): Promise<{ readonly accessToken: string; readonly lifetime: number } | string> {
  const custom = checkedParameters(requestParameters);
  if (typeof custom === "string") return custom;
  const endpoint = endpointOf(url, custom.query);
  if (endpoint.kind !== "endpoint") return credentialFailureText(endpointFailure(endpoint, "TOKEN"));
  const tokenExchange = tokenRequest({
    // As for the specification itself: an external system wrote this URL.
    endpoint: { ...endpoint, disguised: true },
    headers: ["Authorization", basicCredential(Buffer.from(clientId), Buffer.from(clientSecret))],
    customHeaders: custom.headers,
    form: [
      ["client_id", clientId],
      ["client_secret", clientSecret],
      ["grant_type", "client_credentials"],
    ],
    tls,
  });
  const outcome = await requestToken(tokenExchange, endpoint.shown, edge);
  return isCredentialFailure(outcome) ? credentialFailureText(outcome) : outcome;
}
