import type { QueryParameter } from "../core/query.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { CredentialFailure } from "./failures.ts";

/** The names that `credentials.type` may have, and `none` for an API without credentials. */
export type CredentialType = "none" | "Basic" | "OAuth" | "OAuthWithCert" | "CertificateGen" | "ApiKey";

/**
 * What the credentials add to one call. Its identity matters: `invalidate` takes the very object that
 * `current` or `fetch` gave.
 */
export interface Authorisation {
  /** Value of the `Authorization` header; absent when the caller's own passes. */
  readonly header?: string;
  readonly apiKey?: ApiKey;
  /** It was had with the caller's own token, so nothing that comes of it is shared with other callers. */
  readonly personal?: boolean;
}

/** A secret under a name of the target's own; the caller's of that name is dropped. */
export interface ApiKey {
  readonly place: "header" | "query";
  /** Of the header, or of the parameter, decoded. */
  readonly name: string;
  /** Value of the header, or `name=value` form-encoded. */
  readonly text: string;
}

/** What of the caller some credentials are made of. */
export interface CallerCredentials {
  /** Value of the caller's `Authorization` header. */
  readonly authorization: string | undefined;
}

/**
 * Fetched values live no longer than somebody holds a provider that shares them: with the last release their
 * timers stop, nothing more is fetched in the background, and what is under way serves only those who wait.
 */
export interface Held {
  /** The entry can be called from now on. */
  hold(): void;
  /** Once for each `hold`. Whoever replaces an entry holds the new one first, so that equal credentials go on. */
  release(): void;
}

/**
 * The credentials of one API entry, made once when the configuration changed. On a warm path `current`
 * answers without I/O; only where it answers undefined is `fetch` awaited.
 * Nothing is fetched for one that is not held.
 */
export interface CredentialProvider extends Held {
  readonly type: CredentialType;
  /** Whether `current` may be without a value, so that cache hits are worth counting. */
  readonly fetches: boolean;
  /** It gives each caller what that caller's own token is worth. */
  readonly personal?: boolean;
  /** For audit records: which credential, never what it holds. */
  readonly secretName: string | undefined;
  /** Presented to the target (and to the CSRF endpoint). */
  readonly tls: TlsIdentity;
  /** Equal for providers that may share fetched values; a hash, never a secret. */
  readonly fingerprint: string;
  current(caller?: CallerCredentials): Authorisation | undefined;
  /**
   * One request however many callers wait, with a deadline of its own (`proxyTimeout`) that gives a failure.
   * `signal` says that the caller has gone: then it rejects with the signal's reason, and the others go on
   * waiting.
   */
  fetch(signal: AbortSignal, options?: FetchOptions): Promise<Authorisation | CredentialFailure>;
  /**
   * The target refused `used` (401 or 403). If it is still the current value, `current` gives it no more, and
   * the next `fetch` asks for a new one, whatever request is under way already: what was asked for before the
   * refusal may be no better. Thousand calls that are refused together cause one request. Where
   * that fails, `used` is current again until it expires: a 403 on one path must not take a valid token away
   * from all others while the identity provider is down.
   */
  invalidate(used: Authorisation): void;
}

export interface FetchOptions {
  /**
   * Whether, when no new value can be had, one that is valid but that another call was refused with is better
   * than none. True for a first attempt, false (the default) for the attempt after a refusal.
   */
  readonly acceptsDoubted?: boolean;
  readonly caller?: CallerCredentials | undefined;
}

export interface CsrfToken {
  /** May be empty: some systems answer without a token and want the empty header back. */
  readonly token: string;
  /** `name=value` pairs without attributes. */
  readonly cookies: readonly string[];
}

export interface CsrfProvider extends Held {
  current(): CsrfToken | undefined;
  /** Uses the API's own credentials; one request however many callers wait, otherwise as for credentials. */
  fetch(authorisation: Authorisation, signal: AbortSignal): Promise<CsrfToken | CredentialFailure>;
  /** For a caller with an Access-Token or a personal authorisation: fetched with that, shared with nobody. */
  fetchAlone(authorisation: Authorisation, signal: AbortSignal): Promise<CsrfToken | CredentialFailure>;
  invalidate(used: CsrfToken): void;
}

/** Extra headers and query parameters from a Secret, checked and encoded when the configuration changed. */
export interface RequestParameters {
  /** Flat name, value list. Never Host, Content-Length or a hop-by-hop name. */
  readonly headers: readonly string[];
  /** Sorted by name. */
  readonly query: readonly QueryParameter[];
}
