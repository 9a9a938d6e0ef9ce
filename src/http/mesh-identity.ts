import { parseForwardedClientCertificate } from "./forwarded-client-certificate.ts";

/**
 * Who the service mesh says the caller is: the URI (SPIFFE) or else the subject of the certificate that the
 * nearest proxy has seen, which it writes as the last element of X-Forwarded-Client-Cert. undefined where the
 * header names nobody. It is worth what the mesh is: without one, callers write it.
 */
export function meshIdentity(forwardedClientCertificate: string): string | undefined {
  const elements = parseForwardedClientCertificate(forwardedClientCertificate);
  if ("malformed" in elements) return undefined;
  const { uri, subject } = elements.at(-1) ?? {};
  return uri || subject?.replace(/\\"/g, '"') || undefined;
}
