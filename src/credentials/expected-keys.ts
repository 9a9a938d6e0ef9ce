import { secretValue, type SecretData } from "./secret-data.ts";

/** The keys of a Secret whose absence is worth a warning (gateway spec §6.1). */
export function expectedKeys(type: string, data: SecretData): readonly string[] {
  switch (type) {
    case "Basic":
      return ["username", "password"];
    case "OAuth":
      return tokenKeys(data, ["clientSecret"]);
    case "OAuthWithCert":
      return [...new Set([...tokenKeys(data, []), "crt", "key"])];
    case "CertificateGen":
      return ["crt", "key"];
    case "ApiKey":
      return ["apiKey"];
    default:
      return [];
  }
}

function tokenKeys(data: SecretData, otherwise: readonly string[]): string[] {
  const bound = secretValue(data, "certificateBoundTokens").toString() === "true";
  return [...new Set(["clientId", ...proofKeys(data, otherwise), ...(bound ? ["crt", "key"] : [])])];
}

function proofKeys(data: SecretData, otherwise: readonly string[]): readonly string[] {
  switch (secretValue(data, "tokenEndpointAuthMethod").toString()) {
    case "":
      return otherwise;
    case "private_key_jwt":
      return ["key"];
    case "tls_client_auth":
    case "self_signed_tls_client_auth":
      return ["crt", "key"];
    default:
      return ["clientSecret"];
  }
}
