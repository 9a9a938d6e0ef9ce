import { isPlainObject } from "../../core/plain-object.ts";
import { StoreFailure } from "../store-failure.ts";
import type { CertificatePlace } from "./pairing-protocol.ts";

/** Where the next page of certificates begins, as the token that a page hands out. */
export function writeCertificatePlace({ notAfter, row }: CertificatePlace): string {
  return Buffer.from(JSON.stringify({ end: notAfter, row })).toString("base64url");
}

/** STORE_BAD_CONTINUE where it is none of ours. */
export function readCertificatePlace(token: string): CertificatePlace {
  const value = parsed(token);
  if (isPlainObject(value)) {
    const { end, row } = value;
    if (Number.isSafeInteger(end) && Number.isSafeInteger(row)) {
      return { notAfter: end as number, row: row as number };
    }
  }
  throw new StoreFailure("STORE_BAD_CONTINUE", ["it is not one that this server gave"]);
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    return undefined;
  }
}
