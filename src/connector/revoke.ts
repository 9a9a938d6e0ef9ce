import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import type { PairingRecords } from "../stores/pairing-records.ts";
import { connectorFailure } from "./answer.ts";
import { PairingSteps } from "./pairing-steps.ts";
import { tellCertificate } from "./tell-certificate.ts";

export interface RevokingOptions {
  readonly records: PairingRecords;
  readonly clock: Clock;
  /** Takes effect in this process before the caller is told that it is done. */
  readonly revoked: (hash: string) => void;
  /** Told of each that was not revoked before. */
  readonly changed: (hash: string) => void;
}

/** What is known of a certificate that is to be revoked. */
export interface Revocable {
  /** Lower-case hex SHA-256 of the DER. */
  readonly hash: string;
  /** Address of who asks. */
  readonly peer: string | undefined;
  /** Milliseconds since the epoch; undefined where only a record may know it. */
  readonly notAfter?: number | undefined;
}

/** Revokes certificates, also such as were never issued here. */
export class Revoking {
  readonly #options: RevokingOptions;

  constructor(options: RevokingOptions) {
    this.#options = options;
  }

  /** Done once or again. CONNECTOR_REVOCATION_FAILED where it could not be written. */
  async revoke({ hash, peer, notAfter }: Revocable): Promise<void> {
    const { records, clock, revoked, changed } = this.#options;
    const steps = PairingSteps.begin("revoke", { hash, peer });
    try {
      const record = await records.certificate(hash);
      const end = record?.notAfter ?? notAfter;
      const isNew = await records.revoke({ hash, revokedAt: clock.now(), notAfter: end });
      revoked(hash);
      if (isNew) changed(hash);
      if (isNew && record) tellCertificate.revoked(record);
      const { application, tenant, group, serial } = record ?? {};
      steps.succeeded({ application, tenant, group, serial, notAfter: end });
    } catch (error) {
      // The texts of the store's failures name no values.
      const reason = error instanceof Failure ? error.message : "internal error";
      steps.failed(reason);
      throw connectorFailure("CONNECTOR_REVOCATION_FAILED", [reason], { cause: error });
    }
  }
}

/**
 * A fingerprint as people and programs write it (`AB:CD:…`, upper case, blanks around), as it is kept;
 * undefined where it is none.
 */
export function normaliseHash(written: string): string | undefined {
  const hash = written.trim().replaceAll(":", "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}
