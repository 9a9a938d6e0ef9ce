import type { CertificatePlace } from "./pairing-protocol.ts";
import { readPageToken, writePageToken } from "./page-token.ts";

/** Where the next page of certificates begins, as the token that a page hands out. */
export function writeCertificatePlace({ notAfter, row }: CertificatePlace): string {
  return writePageToken({ end: notAfter, row });
}

/** STORE_BAD_CONTINUE where it is none of ours. */
export function readCertificatePlace(token: string): CertificatePlace {
  return readPageToken(token, ({ end, row }) =>
    Number.isSafeInteger(end) && Number.isSafeInteger(row)
      ? { notAfter: end as number, row: row as number }
      : undefined,
  );
}
