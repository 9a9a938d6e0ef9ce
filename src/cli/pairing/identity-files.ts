/** The files of an identity, under the names by which curl and others are given them. */
export const IDENTITY_FILES = [
  "client.key",
  "client.crt",
  "client-ca.crt",
  "server-ca.crt",
  "connection.json",
] as const;

export type IdentityFile = (typeof IDENTITY_FILES)[number];

/** Name → content. */
export type IdentityFiles = Readonly<Record<IdentityFile, string>>;
