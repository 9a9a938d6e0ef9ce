import { basicCredential } from "./basic.ts";
import { BrokenProvider } from "./broken-provider.ts";
import { refuseLineBreaks, type CredentialMaterial, type TokenContext } from "./credential-material.ts";
import { endpointOf } from "./endpoint.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { isCredentialFailure, type CredentialFailure } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { CredentialProvider } from "./provider.ts";
import { parseRequestParameters } from "./request-parameters.ts";
import { requestToken } from "./request-token.ts";
import { secretValue } from "./secret-data.ts";
import { TokenProvider } from "./token-provider.ts";
import { tokenRequest } from "./token-request.ts";

/** Client credentials, sent both as Basic and in the form, as the original sends them (gateway spec §9). */
export function oauth(
  material: CredentialMaterial,
  context: TokenContext,
): CredentialProvider | CredentialFailure {
  const { data, service, secretName, authenticationUrl, tls } = material;
  const invalid = refuseLineBreaks(material, ["clientId", "clientSecret"]);
  if (invalid) return invalid;
  const parameters = parseRequestParameters(data, service);
  if (isCredentialFailure(parameters)) return parameters;

  const clientId = secretValue(data, "clientId");
  const clientSecret = secretValue(data, "clientSecret");
  const custom = [secretValue(data, "headers"), secretValue(data, "queryParameters")];
  const fingerprint = fingerprintOf("OAuth", tls.key, authenticationUrl, clientId, clientSecret, ...custom);
  const endpoint = endpointOf(authenticationUrl, parameters.query);
  if (endpoint.kind !== "endpoint") {
    const failure = endpointFailure(endpoint, "TOKEN");
    return new BrokenProvider({ type: "OAuth", secretName, tls, fingerprint, failure });
  }
  const request = tokenRequest({
    endpoint,
    headers: ["Authorization", basicCredential(clientId, clientSecret)],
    customHeaders: parameters.headers,
    form: [
      ["client_id", clientId],
      ["client_secret", clientSecret],
      ["grant_type", "client_credentials"],
    ],
    tls,
  });
  const { tokens, connections, policy } = context;
  return new TokenProvider({
    secretName,
    tls,
    fingerprint,
    tokens,
    source: {
      type: "OAuth",
      request: (signal) => requestToken(request, endpoint.shown, { connections, policy, signal }),
    },
  });
}
