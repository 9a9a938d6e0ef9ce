import { exchange } from "../outbound/exchange.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import { cacheLookedUp } from "../telemetry/channels.ts";
import type { OutgoingContext } from "./credential-material.ts";
import type { CsrfCache, CsrfSlot } from "./csrf-cache.ts";
import { readCsrfToken, ReceivedCsrfToken } from "./csrf-token.ts";
import type { Endpoint } from "./endpoint.ts";
import { credentialFailure, isCredentialFailure, type CredentialFailure } from "./failures.ts";
import type { Authorisation, CsrfProvider, CsrfToken } from "./provider.ts";
import { publishFetch } from "./publish-fetch.ts";
import { SharedFetch } from "./shared-fetch.ts";
import { withApiKey } from "./with-api-key.ts";

export interface CsrfSettings {
  /** Equal where the token may be shared. */
  readonly key: string;
  readonly endpoint: Endpoint;
  /** The API's own; carries its client certificate. */
  readonly tls: TlsIdentity;
  /** For a caller with a token of its own: the same without the certificate. */
  readonly plainTls: TlsIdentity;
  /** Told of the authorisation that the endpoint answered 401 to. */
  readonly refused: (used: Authorisation) => void;
}

export interface CsrfContext extends OutgoingContext {
  readonly tokens: CsrfCache;
}

const HIT = Object.freeze({ cache: "csrf", hit: true } as const);
const MISS = Object.freeze({ cache: "csrf", hit: false } as const);

/** What the original sends, besides the credentials (gateway spec §10). */
const HEADERS = ["X-Csrf-Token", "fetch", "Accept", "*/*", "Cache-Control", "no-cache"] as const;

/** A token against cross-site request forgery, as SAP systems want one with every call. */
export class EndpointCsrfProvider implements CsrfProvider {
  readonly #settings: CsrfSettings;
  readonly #context: CsrfContext;
  /** Where the token was last time, so that a call looks nothing up. */
  #slot: CsrfSlot | undefined;

  constructor(settings: CsrfSettings, context: CsrfContext) {
    this.#settings = settings;
    this.#context = context;
  }

  current(): CsrfToken | undefined {
    const token = this.#slot?.current() ?? this.#lookAgain();
    if (cacheLookedUp.hasSubscribers) cacheLookedUp.publish(token ? HIT : MISS);
    return token;
  }

  fetch(authorisation: Authorisation, signal: AbortSignal): Promise<CsrfToken | CredentialFailure> {
    // Also where nobody holds it any more: a call from before the change has its authorisation already, and
    // ends as it began.
    const slot = this.#context.tokens.slot(this.#settings.key);
    this.#slot = slot;
    return slot.fetch((deadline) => this.#share(authorisation, deadline), signal);
  }

  async fetchAlone(
    authorisation: Authorisation,
    signal: AbortSignal,
  ): Promise<CsrfToken | CredentialFailure> {
    const { clock, timeout } = this.#context;
    const { tls, plainTls } = this.#settings;
    const own = authorisation.personal ? tls : plainTls;
    const outcome = await new SharedFetch<CsrfToken | CredentialFailure>(clock).join(
      (deadline) => this.#request(authorisation, own, AbortSignal.any([signal, deadline])),
      timeout,
    );
    signal.throwIfAborted();
    return outcome;
  }

  invalidate(used: CsrfToken): void {
    if (this.#slot?.invalidate(used)) this.#context.sharing.refused(this.#settings.key);
  }

  hold(): void {
    this.#context.tokens.hold(this.#settings.key);
  }

  release(): void {
    const { tokens, sharing } = this.#context;
    const { key } = this.#settings;
    tokens.release(key);
    if (!tokens.isHeld(key)) sharing.forget(key);
  }

  #lookAgain(): CsrfToken | undefined {
    const slot = this.#context.tokens.find(this.#settings.key);
    if (!slot || slot === this.#slot) return undefined;
    this.#slot = slot;
    return slot.current();
  }

  async #share(
    authorisation: Authorisation,
    signal: AbortSignal,
  ): Promise<ReceivedCsrfToken | CredentialFailure> {
    const { key, tls } = this.#settings;
    const outcome = await this.#context.sharing.request({
      key,
      isRenewal: false,
      signal,
      send: async (ending) => {
        const received = await this.#request(authorisation, tls, ending);
        return isCredentialFailure(received) ? received : received.plain();
      },
    });
    if (isCredentialFailure(outcome)) return outcome;
    const { token, cookies, lifetime } = outcome;
    return new ReceivedCsrfToken(token, cookies, lifetime);
  }

  async #request(
    authorisation: Authorisation,
    tls: TlsIdentity,
    signal: AbortSignal,
  ): Promise<ReceivedCsrfToken | CredentialFailure> {
    const { clock } = this.#context;
    const asked = clock.monotonic();
    const outcome = await this.#ask(authorisation, tls, signal);
    publishFetch({ type: "csrf", background: false, milliseconds: clock.monotonic() - asked, outcome });
    return outcome;
  }

  async #ask(
    authorisation: Authorisation,
    tls: TlsIdentity,
    signal: AbortSignal,
  ): Promise<ReceivedCsrfToken | CredentialFailure> {
    const { header, apiKey } = authorisation;
    const { endpoint, refused } = this.#settings;
    const { connections, policy, clock } = this.#context;
    const answer = await exchange(
      {
        method: "GET",
        origin: endpoint.origin,
        disguised: endpoint.disguised,
        path: withApiKey(endpoint.path, apiKey),
        headers: HEADERS,
        privateHeaders: [
          ...(header === undefined ? [] : ["Authorization", header]),
          ...(apiKey?.place === "header" ? [apiKey.name, apiKey.text] : []),
        ],
        body: undefined,
        tls,
        // Often a whole service document, of which only the headers matter.
        responseBody: "discard",
        maxResponseBytes: 0,
      },
      { connections, policy, signal },
    );
    if (answer.kind === "no-answer") {
      const code = answer.refusedByPolicy ? "CREDENTIALS_CSRF_NOT_ALLOWED" : "CREDENTIALS_CSRF_UNREACHABLE";
      return credentialFailure(code, endpoint.shown, answer.reason);
    }
    // Otherwise a token that was revoked would be tried in vain until it is renewed, which may take hours.
    if (answer.status === 401) refused(authorisation);
    return answer.status === 200
      ? readCsrfToken(answer.headers, clock.now())
      : credentialFailure("CREDENTIALS_CSRF_REFUSED", answer.status, endpoint.shown);
  }
}
