import { mkdir } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import { checkedPair, type CertificatePair } from "./certificate-pair.ts";
import { pkiFailures } from "./failures.ts";
import { readFileIfThere, readPrivateFileIfThere, writePrivateFile } from "./private-file.ts";

const DAY = 86_400_000;
const LIFETIME = 3653 * DAY;
/** An authority that ends sooner is replaced at start, so that a server certificate never outlives it. */
const REPLACED_BEFORE_END = 365 * DAY;
/** Clocks of clients may be behind ours. */
export const CLOCK_SKEW = 3_600_000;

/**
 * The authority that signs the certificates of our own TLS servers, and nothing else: client certificates
 * have another one (amendment A8). Made at the first start in `directory` (`server-ca.crt`, `server-ca.key`),
 * kept from then on.
 */
export async function openServerAuthority(directory: string, clock: Clock): Promise<CertificatePair> {
  const files = { certificate: join(directory, "server-ca.crt"), key: join(directory, "server-ca.key") };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const certificate = await readFileIfThere(files.certificate);
  const key = await readPrivateFileIfThere(files.key);
  if (certificate !== undefined && key === undefined) {
    throw new Failure("PKI_KEY_MISSING", pkiFailures.PKI_KEY_MISSING, [files.certificate, files.key]);
  }
  // A key alone is what a first start leaves that was interrupted: nobody has seen its certificate yet.
  if (certificate !== undefined && key !== undefined) {
    const pair = { certificate, key };
    const { validToDate } = checkedPair(pair, files);
    if (validToDate.getTime() - clock.now() > REPLACED_BEFORE_END) return pair;
  }
  const made = await make(clock);
  await writePrivateFile(files.key, made.key);
  await writePrivateFile(files.certificate, made.certificate);
  return made;
}

async function make(clock: Clock): Promise<CertificatePair> {
  // Loaded only here: the library costs a warm start a quarter of a second.
  const { issueAuthority } = await import("./issue.ts");
  const now = clock.now();
  const validity = { notBefore: new Date(now - CLOCK_SKEW), notAfter: new Date(now + LIFETIME) };
  const year = new Date(now).getUTCFullYear();
  return issueAuthority(`Application Connector server CA ${year}`, validity);
}

/** When a certificate stops being valid, in milliseconds since the epoch. */
export function endOf(pem: string): number {
  return new X509Certificate(pem).validToDate.getTime();
}
