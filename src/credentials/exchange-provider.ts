import type { TlsIdentity } from "../outbound/tls-identity.ts";
import { cacheLookedUp } from "../telemetry/channels.ts";
import type { TokenContext } from "./credential-material.ts";
import { ExchangedToken } from "./exchanged-token.ts";
import { credentialFailure, isCredentialFailure, type CredentialFailure } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { FormField } from "./form-encoding.ts";
import type { Authorisation, CallerCredentials, CredentialProvider, FetchOptions } from "./provider.ts";
import { publishFetch } from "./publish-fetch.ts";
import { remainingLife, subjectTokenOf } from "./subject-token.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

export interface ExchangeCredential {
  readonly type: "OAuth" | "OAuthWithCert";
  readonly secretName: string | undefined;
  /** Presented to the target. */
  readonly tls: TlsIdentity;
  readonly fingerprint: string;
  readonly endpoint: TokenEndpoint;
  /** The form, but for the caller's token. */
  readonly grant: readonly FormField[];
  readonly told: (failure: CredentialFailure) => CredentialFailure;
}

type Context = Pick<TokenContext, "exchangedTokens" | "clock" | "sharing">;

/** What comes of one exchange: plain data. */
interface Exchanged {
  readonly accessToken: string;
  readonly lifetime: number;
}

const HIT = Object.freeze({ cache: "token", hit: true } as const);
const MISS = Object.freeze({ cache: "token", hit: false } as const);

/**
 * Exchanges the token that a caller brings for one that the target takes (RFC 8693). What came of it is kept for
 * whoever brings the same token again, and never for longer than that token lives.
 */
export class ExchangeProvider implements CredentialProvider {
  readonly fetches = true;
  readonly personal = true;
  readonly #credential: ExchangeCredential;
  readonly #context: Context;

  constructor(credential: ExchangeCredential, context: Context) {
    this.#credential = credential;
    this.#context = context;
  }

  get type(): ExchangeCredential["type"] {
    return this.#credential.type;
  }

  get secretName(): string | undefined {
    return this.#credential.secretName;
  }

  get tls(): TlsIdentity {
    return this.#credential.tls;
  }

  get fingerprint(): string {
    return this.#credential.fingerprint;
  }

  current(caller?: CallerCredentials): Authorisation | undefined {
    const subject = subjectTokenOf(caller?.authorization);
    const authorisation =
      subject === undefined ? undefined : this.#kept?.find(fingerprintOf(subject))?.current();
    if (cacheLookedUp.hasSubscribers) cacheLookedUp.publish(authorisation ? HIT : MISS);
    return authorisation;
  }

  async fetch(signal: AbortSignal, options: FetchOptions = {}): Promise<Authorisation | CredentialFailure> {
    const { exchangedTokens } = this.#context;
    if (!exchangedTokens.isHeld(this.fingerprint)) return credentialFailure("CREDENTIALS_TOKEN_WITHDRAWN");
    const { caller, acceptsDoubted = false } = options;
    const subject = subjectTokenOf(caller?.authorization);
    if (subject === undefined) return credentialFailure("CREDENTIALS_SUBJECT_TOKEN_MISSING");
    const key = fingerprintOf(subject);
    const slot = exchangedTokens.slot(this.fingerprint).slot(key);
    const outcome = await slot.fetch((deadline) => this.#share(subject, key, deadline), signal);
    return acceptsDoubted && isCredentialFailure(outcome) ? (slot.current() ?? outcome) : outcome;
  }

  invalidate(used: Authorisation): void {
    if (!(used instanceof ExchangedToken)) return;
    const isDoubted = this.#kept?.find(used.key)?.doubt(used) === true;
    if (isDoubted) this.#context.sharing.refused(this.#sharedKey(used.key));
  }

  hold(): void {
    this.#context.exchangedTokens.hold(this.fingerprint);
  }

  release(): void {
    const { exchangedTokens, sharing } = this.#context;
    exchangedTokens.release(this.fingerprint);
    if (!exchangedTokens.isHeld(this.fingerprint)) sharing.forget(this.fingerprint);
  }

  get #kept() {
    return this.#context.exchangedTokens.find(this.fingerprint);
  }

  #sharedKey(caller: string): string {
    return `${this.fingerprint} ${caller}`;
  }

  async #share(
    subject: string,
    caller: string,
    signal: AbortSignal,
  ): Promise<ExchangedToken | CredentialFailure> {
    const outcome = await this.#context.sharing.request({
      key: this.#sharedKey(caller),
      isRenewal: false,
      signal,
      send: (ending) => this.#exchange(subject, ending),
    });
    if (isCredentialFailure(outcome)) return outcome;
    return new ExchangedToken(outcome.accessToken, caller, outcome.lifetime);
  }

  async #exchange(subject: string, signal: AbortSignal): Promise<Exchanged | CredentialFailure> {
    const { clock } = this.#context;
    const { endpoint, grant, told, type } = this.#credential;
    const asked = clock.monotonic();
    const form = [...grant, ["subject_token", subject] as const];
    const issued = await endpoint.request(form, { signal, readRefusal });
    const outcome = isCredentialFailure(issued) ? told(issued) : issued;
    const milliseconds = clock.monotonic() - asked;
    publishFetch({ type, background: false, milliseconds, outcome });
    if (isCredentialFailure(outcome)) return outcome;
    const life = Math.min(
      outcome.lifetime - milliseconds,
      remainingLife(subject, clock.now()) ?? Number.POSITIVE_INFINITY,
    );
    return { accessToken: outcome.accessToken, lifetime: Math.max(life, 0) };
  }
}

/** What a provider says of a caller's token that it does not take (RFC 8693 §2.2.2, RFC 6749 §5.2). */
const REFUSALS: ReadonlySet<unknown> = new Set(["invalid_request", "invalid_grant", "invalid_token"]);

function readRefusal(status: number, body: Buffer): CredentialFailure | undefined {
  if (status !== 400 && status !== 401) return undefined;
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (typeof parsed !== "object" || parsed === null || !("error" in parsed)) return undefined;
    const { error } = parsed;
    if (!REFUSALS.has(error)) return undefined;
    return credentialFailure("CREDENTIALS_SUBJECT_TOKEN_REFUSED", String(error));
  } catch {
    return undefined;
  }
}
