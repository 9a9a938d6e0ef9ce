import type { ApplicationEntry } from "../core/resources/application.ts";
import { withCertificate, type TlsIdentity } from "../outbound/tls-identity.ts";
import { apiKey } from "./api-key.ts";
import { basic } from "./basic.ts";
import { BrokenCsrfProvider } from "./broken-csrf.ts";
import { BrokenProvider } from "./broken-provider.ts";
import { certificate } from "./certificate.ts";
import type { CredentialMaterial, OutgoingContext } from "./credential-material.ts";
import { CsrfCache } from "./csrf-cache.ts";
import { EndpointCsrfProvider } from "./csrf.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { endpointOf } from "./endpoint.ts";
import {
  credentialFailure,
  credentialFailureText,
  isCredentialFailure,
  type CredentialFailure,
} from "./failures.ts";
import { ExchangedTokens } from "./exchanged-tokens.ts";
import { expectedKeys } from "./expected-keys.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { none } from "./none.ts";
import { oauthWithCertificate } from "./oauth-with-certificate.ts";
import { oauth } from "./oauth.ts";
import type { Authorisation, CredentialProvider, CsrfProvider, RequestParameters } from "./provider.ts";
import { NO_PARAMETERS, parseRequestParameters } from "./request-parameters.ts";
import { unshared, type RequestSharing } from "./request-sharing.ts";
import { findSecret, type ReadSecret } from "./find-secret.ts";
import { SharedProviders } from "./shared-providers.ts";
import { TokenCache } from "./token-cache.ts";

export interface CredentialsOptions extends Omit<OutgoingContext, "sharing"> {
  /** @default with nobody */
  readonly sharing?: RequestSharing;
  /** From 0 up to 1; Math.random unless a test says otherwise. */
  readonly random?: () => number;
}

/** An API entry, as far as its credentials need it. */
export interface CredentialSource {
  readonly application: string;
  /** `services[].name`, which stands in texts. */
  readonly service: string;
  /** What tells the entries of the service apart. */
  readonly entry: string;
  readonly credentials: ApplicationEntry["credentials"];
  /** Without a client certificate; for all connections that the entry needs. */
  readonly tls: TlsIdentity;
}

export interface CompiledCredentials {
  readonly provider: CredentialProvider;
  readonly csrf: CsrfProvider | undefined;
  /** What an operator should know, one sentence each, without secrets: missing keys, a broken certificate. */
  readonly warnings: readonly string[];
}

/**
 * Makes the credentials of API entries when the configuration changes, and owns the tokens that they share.
 * Whoever has the same credential keeps its token over such changes.
 */
export class Credentials implements Disposable {
  readonly #context: OutgoingContext;
  readonly #tokens: TokenCache;
  readonly #exchangedTokens: ExchangedTokens;
  readonly #csrfTokens: CsrfCache;
  readonly #shared = new SharedProviders();

  constructor({ random = Math.random, sharing = unshared, ...edges }: CredentialsOptions) {
    const context = { ...edges, sharing };
    this.#context = context;
    this.#tokens = new TokenCache({ ...context, random });
    this.#exchangedTokens = new ExchangedTokens(context);
    this.#csrfTokens = new CsrfCache(context);
  }

  /**
   * A failure is what every call of the entry is answered. Where the credential is broken but a caller with
   * an Access-Token could do without it, the provider fails instead, when it is asked.
   */
  compile(source: CredentialSource, readSecret: ReadSecret): CompiledCredentials | CredentialFailure {
    const { credentials, service, tls } = source;
    if (!needsSecret(credentials)) {
      return { provider: none(tls), csrf: undefined, warnings: ignoredCsrf(source) };
    }
    const { type, secretName, authenticationUrl = "" } = credentials;
    const data = findSecret(secretName, service, readSecret);
    if (isCredentialFailure(data)) return data;
    if (type === "") return { provider: none(tls), csrf: undefined, warnings: ignoredCsrf(source) };
    const material = { service, secretName, data, authenticationUrl, tls };
    const provider = this.#shared.share(type, material, () => this.#provider(type, material));
    if (isCredentialFailure(provider)) return provider;
    const csrf = this.#csrf(source, provider);
    const missing = expectedKeys(type, data).filter((key) => !data.has(key));
    const warnings = missing.map(
      (key) => `secret '${secretName}' has no key '${key}', which counts as empty (service ${service})`,
    );
    for (const part of [provider, csrf]) {
      if (part instanceof BrokenProvider || part instanceof BrokenCsrfProvider) {
        warnings.push(`${credentialFailureText(part.failure)} (service ${service})`);
      }
    }
    return { provider, csrf, warnings };
  }

  /** Extra headers and query parameters of an entry; `secretName` empty or absent means none. */
  compileParameters(
    service: string,
    secretName: string | undefined,
    readSecret: ReadSecret,
  ): RequestParameters | CredentialFailure {
    if (secretName === undefined || secretName === "") return NO_PARAMETERS;
    const data = findSecret(secretName, service, readSecret);
    return isCredentialFailure(data) ? data : parseRequestParameters(data, service);
  }

  /** Forgets all tokens, ends what is under way and stops the timers. */
  close(): void {
    this.#tokens.close();
    this.#exchangedTokens.close();
    this.#csrfTokens.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #provider(type: string, material: CredentialMaterial): CredentialProvider | CredentialFailure {
    const context = { ...this.#context, tokens: this.#tokens, exchangedTokens: this.#exchangedTokens };
    switch (type) {
      case "OAuth":
        return oauth(material, context);
      case "OAuthWithCert":
        return oauthWithCertificate(material, context);
      case "Basic":
        return basic(material);
      case "CertificateGen":
        return certificate(material);
      case "ApiKey":
        return apiKey(material);
      default:
        return credentialFailure("CREDENTIALS_TYPE_UNKNOWN", material.service, type);
    }
  }

  #csrf(source: CredentialSource, provider: CredentialProvider): CsrfProvider | undefined {
    const url = source.credentials?.csrfInfo?.tokenEndpointURL ?? "";
    if (url === "") return undefined;
    const endpoint = endpointOf(url);
    if (endpoint.kind !== "endpoint") return new BrokenCsrfProvider(endpointFailure(endpoint, "CSRF"));
    const { application, service, entry } = source;
    const key = fingerprintOf(application, service, entry, provider.fingerprint, url);
    const { tls } = provider;
    const refused = (used: Authorisation) => provider.invalidate(used);
    const settings = { key, endpoint, tls, plainTls: withCertificate(tls, undefined), refused };
    return new EndpointCsrfProvider(settings, { ...this.#context, tokens: this.#csrfTokens });
  }
}

type EntryCredentials = NonNullable<ApplicationEntry["credentials"]>;

/**
 * Without any field set there are no credentials, and no Secret is read. `NoAuth` says so in words
 * (gateway spec §6.1 **[D]**); a type that was left empty beside other fields follows the original, which
 * reads the Secret and then uses none.
 */
function needsSecret(credentials: ApplicationEntry["credentials"]): credentials is EntryCredentials {
  if (!credentials || credentials.type === "NoAuth") return false;
  const { type, secretName, authenticationUrl = "", csrfInfo } = credentials;
  return [type, secretName, authenticationUrl, csrfInfo?.tokenEndpointURL ?? ""].some((text) => text !== "");
}

/** CSRF exists only together with credentials (gateway spec §6.1); the original drops it without a word. */
function ignoredCsrf({ credentials, service }: CredentialSource): string[] {
  const url = credentials?.csrfInfo?.tokenEndpointURL ?? "";
  return url === "" ? [] : [`csrfInfo is ignored, because there are no credentials (service ${service})`];
}
