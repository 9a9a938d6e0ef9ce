import { withCertificate } from "../outbound/tls-identity.ts";
import { BrokenProvider } from "./broken-provider.ts";
import { prepareCertificate } from "./client-certificate.ts";
import type { CredentialMaterial } from "./credential-material.ts";
import { credentialFailure } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { CredentialProvider } from "./provider.ts";
import { secretValue } from "./secret-data.ts";
import { StaticProvider } from "./static-provider.ts";

/** A client certificate for the target and the CSRF endpoint; no header (gateway spec §9). */
export function certificate({ data, secretName, tls }: CredentialMaterial): CredentialProvider {
  const crt = secretValue(data, "crt");
  const key = secretValue(data, "key");
  const shared = {
    type: "CertificateGen",
    secretName,
    fingerprint: fingerprintOf("CertificateGen", tls.key, crt, key),
  } as const;
  const prepared = prepareCertificate(crt, key);
  if (typeof prepared === "string") {
    const failure = credentialFailure("CREDENTIALS_CERTIFICATE_INVALID", prepared);
    return new BrokenProvider({ ...shared, tls, failure });
  }
  return new StaticProvider({
    ...shared,
    tls: withCertificate(tls, prepared),
    authorisation: Object.freeze({}),
  });
}
