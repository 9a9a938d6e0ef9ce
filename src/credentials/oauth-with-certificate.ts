import type { CredentialMaterial, TokenContext } from "./credential-material.ts";
import { credentialFailure, credentialFailureText, type CredentialFailure } from "./failures.ts";
import type { CredentialProvider } from "./provider.ts";
import { tokenCredential, type TokenStyle } from "./token-credential.ts";

/**
 * The client proves itself to the token endpoint by its certificate, which the target sees only where tokens are
 * bound to it; by default no Authorization header and no secret is sent (gateway spec §9). Every failure is a 500
 * (decision D8).
 */
const STYLE: TokenStyle = {
  type: "OAuthWithCert",
  method: "tls_client_auth",
  presentsCertificate: true,
  told: notIssued,
};

export function oauthWithCertificate(
  material: CredentialMaterial,
  context: TokenContext,
): CredentialProvider | CredentialFailure {
  return tokenCredential(material, context, STYLE);
}

/** The original hides the cause behind this text; the cause is appended (gateway spec §15 **[D]**). */
function notIssued(failure: CredentialFailure): CredentialFailure {
  // It is the caller's token that was refused, not the certificate.
  if (failure.code === "CREDENTIALS_SUBJECT_TOKEN_REFUSED") return failure;
  const isForbidden = failure.code === "CREDENTIALS_TOKEN_NOT_ALLOWED";
  const code = isForbidden ? "CREDENTIALS_CERTIFICATE_TOKEN_NOT_ALLOWED" : "CREDENTIALS_TOKEN_NOT_ISSUED";
  return credentialFailure(code, credentialFailureText(failure));
}
