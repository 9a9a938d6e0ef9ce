import type { CredentialMaterial, TokenContext } from "./credential-material.ts";
import type { CredentialFailure } from "./failures.ts";
import type { CredentialProvider } from "./provider.ts";
import { tokenCredential, type TokenStyle } from "./token-credential.ts";

/** Client credentials, by default sent both as Basic and in the form, as the original sends them (gateway spec §9). */
const STYLE: TokenStyle = {
  type: "OAuth",
  method: "original",
  presentsCertificate: false,
  told: (failure) => failure,
};

export function oauth(
  material: CredentialMaterial,
  context: TokenContext,
): CredentialProvider | CredentialFailure {
  return tokenCredential(material, context, STYLE);
}
