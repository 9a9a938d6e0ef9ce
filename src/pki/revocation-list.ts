import { type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { DER, derInteger, derTime, derValue } from "./der.ts";
import type { SigningAlgorithm } from "./signing-algorithm.ts";

export interface RevokedCertificate {
  /** Hex. */
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
}

export interface RevokedCertificates {
  /** All that the certificate authority issued and that have not ended. Each serial once. */
  readonly entries: Iterable<RevokedCertificate>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Larger than that of every list before it (RFC 5280 §5.2.3). */
  readonly number: bigint;
}

/** The certificate authority; texts are hex of DER. */
export interface ListSigner {
  readonly name: string;
  readonly key: KeyObject;
  readonly algorithm: SigningAlgorithm;
  /** The extension as a whole. */
  readonly keyIdentifier: string;
}

/** After this a reader must not rely on a list any more. Milliseconds. */
const LIST_LIFETIME = 24 * 3_600_000;

const signInBackground = promisify(sign);

/**
 * A version 2 CRL (RFC 5280 §5) in DER. It is written here and not by the library, whose generator compares
 * each entry with all before it: ten thousand of them would stop the process for seconds.
 */
export async function encodeRevocationList(
  { entries, now, number }: RevokedCertificates,
  signer: ListSigner,
): Promise<Buffer> {
  const revoked = Array.from(entries, ({ serial, revokedAt }) =>
    derValue(DER.sequence, derInteger(serial), derTime(revokedAt)),
  );
  const { identifier, digest } = signer.algorithm;
  const list = derValue(
    DER.sequence,
    derInteger("1"),
    identifier,
    signer.name,
    derTime(now),
    derTime(now + LIST_LIFETIME),
    // RFC 5280 §5.1.2.6: absent, not empty.
    revoked.length === 0 ? "" : derValue(DER.sequence, revoked.join("")),
    derValue(DER.explicit0, derValue(DER.sequence, signer.keyIdentifier, listNumber(number))),
  );
  const signature = await signInBackground(digest, Buffer.from(list, "hex"), signer.key);
  const bits = derValue(DER.bitString, "00", signature.toString("hex"));
  return Buffer.from(derValue(DER.sequence, list, identifier, bits), "hex");
}

/** The extension with its object identifier 2.5.29.20. */
function listNumber(number: bigint): string {
  const value = derValue(DER.octetString, derInteger(number.toString(16)));
  return derValue(DER.sequence, "0603551d14", value);
}
