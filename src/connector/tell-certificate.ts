import type { IssuedCertificate, PairingPurpose } from "../stores/pairing-records.ts";
import { notice } from "../telemetry/notice.ts";
import { noticedApplication } from "../telemetry/noticed-object.ts";

/** Tells what becomes of the certificates of an Application; those of runtimes belong to no object. */
export const tellCertificate = {
  issued({ purpose, application, renewedFrom, notAfter }: IssuedCertificate): void {
    const what =
      renewedFrom === undefined ? "was given a client certificate" : "renewed its client certificate";
    const reason = renewedFrom === undefined ? "CertificateIssued" : "CertificateRenewed";
    const text = `the external system ${what}, which ends ${new Date(notAfter).toISOString()}`;
    if (purpose === "application") notice(noticedApplication(application), reason, text);
  },

  /** `text` is what the external system was told. */
  refused({ purpose, application }: About, text: string): void {
    if (purpose !== "application") return;
    notice(
      noticedApplication(application),
      "CertificateRefused",
      `no client certificate was issued: ${text}`,
    );
  },

  revoked({ purpose, application, hash }: IssuedCertificate): void {
    if (purpose !== "application") return;
    // Enough of it to find the certificate: the Event is for people.
    const text = `the client certificate ${hash.slice(0, 16)}… was revoked`;
    notice(noticedApplication(application), "CertificateRevoked", text);
  },
};

interface About {
  readonly purpose: PairingPurpose;
  readonly application: string;
}
