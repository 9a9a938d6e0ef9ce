import type { ApplicationEntry } from "./application.ts";

/**
 * The credentials of an API entry, also where it has them in the spelling of before 0.6, which knew OAuth alone. It is
 * read and never written (registry spec §10); the spelling of today counts where both are there.
 */
export function entryCredentials(entry: ApplicationEntry): ApplicationEntry["credentials"] {
  const { credentials, oauthUrl, credentialsSecretName } = entry;
  if (credentials?.type || !credentialsSecretName) return credentials;
  return {
    type: "OAuth",
    secretName: credentialsSecretName,
    ...(oauthUrl ? { authenticationUrl: oauthUrl } : {}),
  };
}
