import { createHash, createPrivateKey } from "node:crypto";
import type { ConnectionRecord } from "./connection-record.ts";
import { newClientKey, type KeyAlgorithm } from "./client-key.ts";
import { placeOf } from "./external-address.ts";
import { callExternal, type ExternalSession } from "./external-call.ts";
import { readIssued, type Issued } from "./issued-certificate.ts";
import { expectStatus, type WantedCertificate } from "./pairing-answers.ts";

export interface CertificateOrder {
  /** `csrUrl` with its token, or `renewCertUrl`. */
  readonly url: URL;
  readonly wanted: WantedCertificate;
  readonly algorithm: KeyAlgorithm;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface NewPair extends Issued {
  /** PEM */
  readonly key: string;
}

/** A new key, and the certificate that the server gives for it. The key never leaves this machine. */
export async function requestCertificate(
  { url, wanted, algorithm, now }: CertificateOrder,
  session: ExternalSession,
): Promise<NewPair> {
  const key = await newClientKey(algorithm);
  const privateKey = createPrivateKey(key);
  const { createCertificateRequest } = await import("../../pki/create-certificate-request.ts");
  const pem = await createCertificateRequest(privateKey, wanted.subject);
  const request = { method: "POST", url, body: { csr: Buffer.from(pem).toString("base64") } } as const;
  const answer = await callExternal(request, session);
  expectStatus(201, answer, request);
  const expected = { key: privateKey, commonName: wanted.commonName, now };
  return { key, ...readIssued(answer.body, expected, placeOf(url)) };
}

/** What `connection.json` says of a certificate. */
export function certificateFacts({
  leaf,
}: Issued): Pick<ConnectionRecord, "serialNumber" | "hash" | "issuedAt" | "expiresAt"> {
  return {
    serialNumber: leaf.serialNumber,
    hash: createHash("sha256").update(leaf.raw).digest("hex"),
    issuedAt: leaf.validFromDate.toISOString(),
    expiresAt: leaf.validToDate.toISOString(),
  };
}
