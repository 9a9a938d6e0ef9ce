import { credentialFailure, type CredentialFailure } from "./failures.ts";
import type { SecretData } from "./secret-data.ts";

/** What is known of a Secret when an entry that names it is compiled. */
export type SecretLookup =
  | { readonly kind: "found"; readonly data: SecretData }
  | { readonly kind: "missing" }
  /** It could not be read; the cause is shown to callers. */
  | { readonly kind: "unreadable"; readonly cause: string };

/** Reads a Secret of the credentials namespace from what is in memory. */
export type ReadSecret = (name: string) => SecretLookup;

/** The data of a Secret that an entry needs, or what its callers are told. */
export function findSecret(
  name: string,
  service: string,
  readSecret: ReadSecret,
): SecretData | CredentialFailure {
  // As the API server answers a read without a name.
  if (name === "") return unreadable(service, name, "resource name may not be empty");
  const secret = readSecret(name);
  switch (secret.kind) {
    case "found":
      return secret.data;
    case "missing":
      return credentialFailure("CREDENTIALS_SECRET_NOT_FOUND", service, name);
    case "unreadable":
      return unreadable(service, name, secret.cause);
  }
}

function unreadable(service: string, name: string, cause: string): CredentialFailure {
  return credentialFailure("CREDENTIALS_SECRET_UNREADABLE", service, name, cause);
}
