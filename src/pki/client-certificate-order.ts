import type { KeyObject } from "node:crypto";
import type { SubjectFields } from "./subject-fields.ts";

/** What a client certificate is to say. */
export interface ClientCertificateOrder {
  /** Checked by `readCertificateRequest`. */
  readonly publicKey: KeyObject;
  readonly subject: SubjectFields;
  readonly commonName: string;
  /** Milliseconds from notBefore to notAfter; cut where the certificate authority ends before. */
  readonly validity: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A URI as the subject's alternative name, such as `urn:app:shop`; none where absent. */
  readonly uriName?: string | undefined;
}

export interface IssuedClientCertificate {
  /** PEM. */
  readonly certificate: string;
  /** Lower-case hex SHA-256 of the DER. */
  readonly hash: string;
  /** Hex. */
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}
