import { createPrivateKey, X509Certificate } from "node:crypto";
import { Failure, reasonOf } from "../core/failures.ts";
import { pkiFailures } from "./failures.ts";

/** A certificate and its key, both PEM; the key is unencrypted PKCS #8. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Parses what files hold; PKI_UNREADABLE or PKI_MISMATCH names the file that is wrong. */
export function checkedPair(pair: CertificatePair, files: CertificateFiles): X509Certificate {
  const certificate = parsed(() => new X509Certificate(pair.certificate), files.certificate);
  const key = parsed(() => createPrivateKey(pair.key), files.key);
  if (certificate.checkPrivateKey(key)) return certificate;
  throw new Failure("PKI_MISMATCH", pkiFailures.PKI_MISMATCH, [files.certificate, files.key]);
}

function parsed<Value>(parse: () => Value, file: string): Value {
  try {
    return parse();
  } catch (error) {
    // OpenSSL's reasons name formats, never content.
    throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, [file, reasonOf(error)], {
      cause: error,
    });
  }
}
