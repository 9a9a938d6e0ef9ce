import type { X509Certificate } from "node:crypto";
import type { ClientIdentity } from "../http/client-identity.ts";
import { clientSubject } from "../http/client-subject.ts";
import { writeDistinguishedName } from "../http/distinguished-name.ts";
import { formatForwardedClientCertificate } from "../http/forwarded-client-certificate.ts";
import { readCertificateName } from "../pki/certificate-name.ts";

/** What the ingress needs to know of a client's certificate, read once. */
export interface ClientCertificate {
  readonly parsed: X509Certificate;
  readonly identity: ClientIdentity;
  /** Lower-case hex SHA-256 of the DER. */
  readonly hash: string;
  /** Milliseconds since the epoch; the certificate is good from the first through the last. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Its extended key usage names clientAuth. */
  readonly forClients: boolean;
  /** Value of X-Forwarded-Client-Cert for components behind. */
  readonly forwarded: string;
}

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** `parsed` is the leaf that the TLS handshake has verified. */
export function readClientCertificate(parsed: X509Certificate): ClientCertificate {
  const hash = parsed.fingerprint256.replaceAll(":", "").toLowerCase();
  const names = readCertificateName(parsed);
  const notAfter = parsed.validToDate.getTime();
  // The typings promise a list; a certificate without the extension has none. OpenSSL takes that for "any
  // purpose", we do not.
  const usages = parsed.keyUsage as readonly string[] | undefined;
  return {
    parsed,
    identity: Object.freeze({ subject: Object.freeze(clientSubject(names)), hash, notAfter }),
    hash,
    notBefore: parsed.validFromDate.getTime(),
    notAfter,
    forClients: usages?.includes(CLIENT_AUTH) === true,
    forwarded: formatForwardedClientCertificate({ hash, subject: writeDistinguishedName(names) }),
  };
}
