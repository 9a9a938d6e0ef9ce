import { withCertificate, type TlsIdentity } from "../outbound/tls-identity.ts";
import { BrokenProvider } from "./broken-provider.ts";
import {
  clientAuthentication,
  keysOf,
  type ClientMethod,
  type ProveClient,
} from "./client-authentication.ts";
import { prepareCertificate } from "./client-certificate.ts";
import { refuseLineBreaks, type CredentialMaterial, type TokenContext } from "./credential-material.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { endpointOf } from "./endpoint.ts";
import { ExchangeProvider } from "./exchange-provider.ts";
import { credentialFailure, isCredentialFailure, type CredentialFailure } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { CredentialProvider } from "./provider.ts";
import { parseRequestParameters } from "./request-parameters.ts";
import { secretValue } from "./secret-data.ts";
import { TokenEndpoint } from "./token-endpoint.ts";
import { TokenProvider } from "./token-provider.ts";
import { readTokenSettings, TOKEN_SETTING_KEYS, type TokenSettings } from "./token-settings.ts";

/** What tells the two types of credentials apart that are exchanged for tokens. */
export interface TokenStyle {
  readonly type: "OAuth" | "OAuthWithCert";
  /** Where the Secret names none. */
  readonly method: ClientMethod;
  /** The certificate is presented to the token endpoint whatever else proves the client. */
  readonly presentsCertificate: boolean;
  /** What callers are told of a failure. */
  readonly told: (failure: CredentialFailure) => CredentialFailure;
}

/** How this client asks, as its Secret and its type say. */
interface Client {
  readonly material: CredentialMaterial;
  readonly style: TokenStyle;
  readonly settings: TokenSettings;
  readonly method: ClientMethod;
  readonly presentsCertificate: boolean;
}

/** A credential that is exchanged for tokens: with the keys of the original its requests are the original's. */
export function tokenCredential(
  material: CredentialMaterial,
  context: TokenContext,
  style: TokenStyle,
): CredentialProvider | CredentialFailure {
  const parameters = parseRequestParameters(material.data, material.service);
  const settings = readTokenSettings(material);
  const client = isCredentialFailure(settings) ? settings : clientOf(material, style, settings);
  const invalid = isCredentialFailure(client) ? client : refuseLineBreaks(material, singleLines(client));
  if (invalid) return invalid;
  if (isCredentialFailure(parameters)) return parameters;
  if (isCredentialFailure(client)) return client;

  const { type, told } = style;
  const { secretName, tls, authenticationUrl } = material;
  const shared = { type, secretName, fingerprint: fingerprint(client) };
  const prepared = prepare(client, context);
  if (isCredentialFailure(prepared)) return new BrokenProvider({ ...shared, tls, failure: prepared });
  const endpoint = endpointOf(authenticationUrl, parameters.query);
  if (endpoint.kind !== "endpoint") {
    return new BrokenProvider({ ...shared, tls, failure: told(endpointFailure(endpoint, "TOKEN")) });
  }
  const { connections, policy } = context;
  const asked = new TokenEndpoint({
    endpoint,
    prove: prepared.prove,
    customHeaders: parameters.headers,
    tls: prepared.tls,
    edge: { connections, policy },
  });
  const target = { ...shared, tls: client.settings.bound ? prepared.tls : tls };
  const { grant, exchanges } = client.settings;
  if (exchanges) return new ExchangeProvider({ ...target, endpoint: asked, grant, told }, context);
  const request = async (signal: AbortSignal) => {
    const outcome = await asked.request(grant, { signal });
    return isCredentialFailure(outcome) ? told(outcome) : outcome;
  };
  return new TokenProvider({ ...target, tokens: context.tokens, source: { type, request } });
}

function clientOf(material: CredentialMaterial, style: TokenStyle, settings: TokenSettings): Client {
  const method = settings.method ?? style.method;
  const presentsCertificate =
    style.presentsCertificate ||
    settings.bound ||
    method === "tls_client_auth" ||
    method === "self_signed_tls_client_auth";
  return { material, style, settings, method, presentsCertificate };
}

/** Of what is sent as it is, all but PEM. */
function singleLines({ method }: Client): string[] {
  return keysOf(method).filter((key) => key !== "key" && key !== "crt");
}

/** Everything that goes into a token request; what is never sent makes no difference (gateway spec §9 **[D]**). */
function fingerprint({ material, style, method, presentsCertificate }: Client): string {
  const { data, tls, authenticationUrl } = material;
  const used = new Set(keysOf(method));
  if (presentsCertificate) used.add("crt").add("key");
  for (const key of ["headers", "queryParameters", ...TOKEN_SETTING_KEYS]) used.add(key);
  const values = [...used].toSorted().flatMap((key) => [key, secretValue(data, key)]);
  return fingerprintOf(style.type, tls.key, authenticationUrl, ...values);
}

/** What proves the client, ready for use. */
interface PreparedClient {
  /** Presented to the token endpoint. */
  readonly tls: TlsIdentity;
  readonly prove: ProveClient;
}

function prepare(
  { material, method, presentsCertificate }: Client,
  { clock }: TokenContext,
): PreparedClient | CredentialFailure {
  const { data, tls, authenticationUrl } = material;
  const certificate = presentsCertificate
    ? prepareCertificate(secretValue(data, "crt"), secretValue(data, "key"))
    : undefined;
  if (typeof certificate === "string") {
    return credentialFailure("CREDENTIALS_TOKEN_CERTIFICATE_INVALID", certificate);
  }
  const prove = clientAuthentication(method, { data, authenticationUrl, clock });
  if (typeof prove === "string") return credentialFailure("CREDENTIALS_TOKEN_ASSERTION_INVALID", prove);
  return { tls: certificate ? withCertificate(tls, certificate) : tls, prove };
}
