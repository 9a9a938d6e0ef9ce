import { isCredentialFailure, type CredentialFailure } from "../credentials/failures.ts";
import type { Authorisation, CallerCredentials, CsrfToken } from "../credentials/provider.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { CompiledApi } from "../snapshot/compiled.ts";
import type { Span } from "../telemetry/tracing.ts";
import type { CredentialTimeout } from "./credential-timeout.ts";

/** What the credentials add to a call. */
export interface Injection {
  readonly kind: "injection";
  readonly authorisation: Authorisation;
  readonly csrf: CsrfToken | undefined;
  /** Presented to the target. */
  readonly tls: TlsIdentity;
}

/** The credentials that a caller brings. */
export interface OwnCredentials extends CallerCredentials {
  /** Value of Access-Token. */
  readonly accessToken: string | undefined;
}

export interface ColdOptions {
  /** Ends this caller's wait: with `timeout` as the reason it gives a failure, otherwise it rejects. */
  readonly signal: AbortSignal;
  readonly timeout: CredentialTimeout;
  readonly span: Span | undefined;
  /** See FetchOptions: true unless the target has just refused this call. */
  readonly acceptsDoubted: boolean;
}

/**
 * ④ when everything is at hand, which is nearly always: no I/O, no promise. With an Access-Token the
 * registered credentials are not used at all, not even the client certificate (gateway spec §8.1).
 */
export function injectWarm(api: CompiledApi, caller: OwnCredentials): Injection | undefined {
  const { accessToken } = caller;
  if (accessToken !== undefined) {
    return api.csrf ? undefined : withAccessToken(api, accessToken, undefined);
  }
  const authorisation = api.provider.current(caller);
  if (!authorisation) return undefined;
  if (!api.csrf) return { kind: "injection", authorisation, csrf: undefined, tls: api.provider.tls };
  if (authorisation.personal) return undefined;
  const csrf = api.csrf.current();
  return csrf && { kind: "injection", authorisation, csrf, tls: api.provider.tls };
}

/** ④ when a token has to be fetched first. Nothing has been sent to the target yet (gateway spec §4.1). */
export async function injectCold(
  api: CompiledApi,
  caller: OwnCredentials,
  options: ColdOptions,
): Promise<Injection | CredentialFailure> {
  const { accessToken } = caller;
  if (accessToken !== undefined) {
    const csrf = await fetchCsrf(api, { header: accessToken }, { ...options, alone: true });
    return csrf && isCredentialFailure(csrf) ? csrf : withAccessToken(api, accessToken, csrf);
  }
  const asked = { ...options, caller };
  const first = await injectOnce(api, asked);
  // A CSRF endpoint that refuses the token is asked once more where there is a new one, or can be.
  const renewed = "refused" in first && api.provider.current(caller) !== first.refused;
  const outcome = renewed ? await injectOnce(api, { ...asked, acceptsDoubted: false }) : first;
  return "refused" in outcome ? outcome.failure : outcome;
}

/** The CSRF endpoint answered that it does not give this authorisation a token. */
interface RefusedByCsrf {
  readonly refused: Authorisation;
  readonly failure: CredentialFailure;
}

interface AskedOptions extends ColdOptions {
  readonly caller: CallerCredentials;
}

async function injectOnce(
  api: CompiledApi,
  options: AskedOptions,
): Promise<Injection | CredentialFailure | RefusedByCsrf> {
  const authorisation = api.provider.current(options.caller) ?? (await fetchToken(api, options));
  if (isCredentialFailure(authorisation)) return authorisation;
  const alone = authorisation.personal ?? false;
  const csrf = await fetchCsrf(api, authorisation, { ...options, alone });
  if (!csrf || !isCredentialFailure(csrf)) {
    return { kind: "injection", authorisation, csrf, tls: api.provider.tls };
  }
  return csrf.code === "CREDENTIALS_CSRF_REFUSED" ? { refused: authorisation, failure: csrf } : csrf;
}

function withAccessToken(api: CompiledApi, accessToken: string, csrf: CsrfToken | undefined): Injection {
  return {
    kind: "injection",
    authorisation: { header: accessToken },
    csrf,
    tls: api.tls,
  };
}

async function fetchToken(
  api: CompiledApi,
  options: AskedOptions,
): Promise<Authorisation | CredentialFailure> {
  const span = options.span?.child("token");
  const { signal, acceptsDoubted, timeout, caller } = options;
  const fetching = api.provider.fetch(signal, { acceptsDoubted, caller });
  const outcome = await within(timeout, fetching, () => timeout.token(api.provider.type));
  span?.end({}, isCredentialFailure(outcome) ? outcome.code : undefined);
  return outcome;
}

async function fetchCsrf(
  api: CompiledApi,
  authorisation: Authorisation,
  options: ColdOptions & { readonly alone: boolean },
): Promise<CsrfToken | CredentialFailure | undefined> {
  const { csrf } = api;
  if (!csrf) return undefined;
  const cached = options.alone ? undefined : csrf.current();
  if (cached) return cached;
  const span = options.span?.child("csrf");
  const fetching = options.alone
    ? csrf.fetchAlone(authorisation, options.signal)
    : csrf.fetch(authorisation, options.signal);
  const outcome = await within(options.timeout, fetching, () => options.timeout.csrf());
  span?.end({}, isCredentialFailure(outcome) ? outcome.code : undefined);
  return outcome;
}

/** What comes too late is no use: nobody would wait for the target. A failure still says what went wrong. */
async function within<Fetched extends object>(
  timeout: CredentialTimeout,
  fetching: Promise<Fetched | CredentialFailure>,
  failure: () => CredentialFailure,
): Promise<Fetched | CredentialFailure> {
  try {
    const outcome = await fetching;
    return timeout.passed && !isCredentialFailure(outcome) ? failure() : outcome;
  } catch (error) {
    if (error === timeout) return failure();
    throw error;
  }
}
