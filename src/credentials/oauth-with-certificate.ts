import { withCertificate } from "../outbound/tls-identity.ts";
import { BrokenProvider } from "./broken-provider.ts";
import { prepareCertificate } from "./client-certificate.ts";
import { refuseLineBreaks, type CredentialMaterial, type TokenContext } from "./credential-material.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { endpointOf } from "./endpoint.ts";
import {
  credentialFailure,
  credentialFailureText,
  isCredentialFailure,
  type CredentialFailure,
} from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { CredentialProvider } from "./provider.ts";
import { parseRequestParameters } from "./request-parameters.ts";
import { requestToken } from "./request-token.ts";
import { secretValue } from "./secret-data.ts";
import { TokenProvider } from "./token-provider.ts";
import { tokenRequest } from "./token-request.ts";

/**
 * The client proves itself to the token endpoint by its certificate, which the target never sees; no
 * Authorization header and no secret is sent (gateway spec §9). Every failure is a 500 (decision D8).
 */
export function oauthWithCertificate(
  material: CredentialMaterial,
  context: TokenContext,
): CredentialProvider | CredentialFailure {
  const { data, service, secretName, authenticationUrl, tls } = material;
  const invalid = refuseLineBreaks(material, ["clientId"]);
  if (invalid) return invalid;
  const parameters = parseRequestParameters(data, service);
  if (isCredentialFailure(parameters)) return parameters;

  const values = ["clientId", "crt", "key", "headers", "queryParameters"].map((key) =>
    secretValue(data, key),
  );
  const fingerprint = fingerprintOf("OAuthWithCert", tls.key, authenticationUrl, ...values);
  const broken = (failure: CredentialFailure) =>
    new BrokenProvider({ type: "OAuthWithCert", secretName, tls, fingerprint, failure });

  const prepared = prepareCertificate(secretValue(data, "crt"), secretValue(data, "key"));
  if (typeof prepared === "string") {
    return broken(credentialFailure("CREDENTIALS_TOKEN_CERTIFICATE_INVALID", prepared));
  }
  const endpoint = endpointOf(authenticationUrl, parameters.query);
  if (endpoint.kind !== "endpoint") return broken(notIssued(endpointFailure(endpoint, "TOKEN")));
  const request = tokenRequest({
    endpoint,
    headers: [],
    customHeaders: parameters.headers,
    form: [
      ["client_id", secretValue(data, "clientId")],
      ["grant_type", "client_credentials"],
    ],
    tls: withCertificate(tls, prepared),
  });
  const { tokens, connections, policy } = context;
  return new TokenProvider({
    secretName,
    tls,
    fingerprint,
    tokens,
    source: {
      type: "OAuthWithCert",
      async request(signal) {
        const outcome = await requestToken(request, endpoint.shown, { connections, policy, signal });
        return isCredentialFailure(outcome) ? notIssued(outcome) : outcome;
      },
    },
  });
}

/** The original hides the cause behind this text; the cause is appended (gateway spec §15 **[D]**). */
function notIssued(failure: CredentialFailure): CredentialFailure {
  const isForbidden = failure.code === "CREDENTIALS_TOKEN_NOT_ALLOWED";
  const code = isForbidden ? "CREDENTIALS_CERTIFICATE_TOKEN_NOT_ALLOWED" : "CREDENTIALS_TOKEN_NOT_ISSUED";
  return credentialFailure(code, credentialFailureText(failure));
}
