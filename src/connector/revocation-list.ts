import type { Clock } from "../core/clock.ts";
import type { ClientAuthority } from "../pki/client-authority.ts";
import type { RevokedCertificate } from "../pki/revocation-list.ts";
import type { PairingRecords } from "../stores/pairing-records.ts";
import { eachCertificate } from "./each-certificate.ts";

/** Half of what a list is good for: whoever fetches one can use it for at least as long. Milliseconds. */
const OLDEST = 12 * 3_600_000;

export interface PublishedListOptions {
  readonly records: PairingRecords;
  readonly authority: ClientAuthority;
  readonly clock: Clock;
}

/**
 * The CRL for consumers outside (connector spec §18), made anew after a revocation and at least twice a day.
 * Anybody may ask for it, so it is made once for all who ask meanwhile.
 */
export class PublishedList {
  readonly #options: PublishedListOptions;
  #list: Promise<Buffer> | undefined;
  #madeAt = 0;
  #issuer = "";

  constructor(options: PublishedListOptions) {
    this.#options = options;
  }

  /** A certificate was revoked: the list at hand lacks it. */
  outdate(): void {
    this.#list = undefined;
  }

  /** DER. Rejects where the store or the authority does. */
  async der(): Promise<Buffer> {
    const { clock, authority } = this.#options;
    const age = Math.abs(clock.now() - this.#madeAt);
    if (this.#list && age < OLDEST && this.#issuer === authority.issuer.hash) return this.#list;
    this.#madeAt = clock.now();
    this.#issuer = authority.issuer.hash;
    const list = this.#make();
    this.#list = list;
    list.catch(() => {
      if (this.#list === list) this.#list = undefined;
    });
    return list;
  }

  async #make(): Promise<Buffer> {
    const { records, authority, clock } = this.#options;
    const entries: RevokedCertificate[] = [];
    const filter = { issuer: authority.issuer.hash, expiresAfter: clock.now(), includeRevoked: true };
    for await (const { serial, revokedAt } of eachCertificate(records, filter)) {
      if (revokedAt !== undefined) entries.push({ serial, revokedAt });
    }
    return authority.revocationList(entries);
  }
}
