import type { Clock } from "../core/clock.ts";
import { textData, type SecretData } from "./secret-data.ts";

/** The data of a credentials Secret with a new pair for a common name (registry spec §6.4). */
export async function newCertificateSecret(commonName: string, clock: Clock): Promise<SecretData> {
  // Loaded only here: the library costs a start a quarter of a second.
  const { selfSignedCertificate } = await import("../pki/self-signed-certificate.ts");
  const { certificate, key } = await selfSignedCertificate(commonName, clock.now());
  return textData({ commonName, crt: certificate, key });
}
