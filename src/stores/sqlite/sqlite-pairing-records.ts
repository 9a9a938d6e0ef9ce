import type {
  CertificateFilter,
  CertificatePage,
  Claiming,
  IssuedCertificate,
  PairingRecords,
  PairingToken,
  Revocation,
  RevocationChange,
  TokenClaim,
} from "../pairing-records.ts";
import type { Abortable, Paging } from "../store.ts";
import { readCertificatePlace, writeCertificatePlace } from "./certificate-place.ts";
import type { SentClaim } from "./pairing-protocol.ts";
import { PulledFeed } from "./pulled-feed.ts";
import { sentCertificate, sentRevocation, sentToken } from "./sent-records.ts";
import type { WorkerLink } from "./worker-link.ts";

/** What is read at once of a list, so that other requests come between. */
const PAGE = 500;

/** The records of pairing in the embedded store; the work is done in the store's thread. */
export class SqlitePairingRecords implements PairingRecords {
  readonly #link: WorkerLink;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  async addToken(token: PairingToken): Promise<void> {
    await this.#link.call({ operation: "addToken", token: sentToken(token) });
  }

  async claimToken(hash: string, options: Claiming): Promise<TokenClaim | undefined> {
    const { now, leaseMilliseconds, purpose } = options;
    return this.#link.call({ operation: "claimToken", hash, now, leaseMilliseconds, purpose });
  }

  async releaseToken(claim: TokenClaim): Promise<void> {
    await this.#link.call({ operation: "releaseToken", claim: sentClaim(claim) });
  }

  async addNextToken(claim: TokenClaim, next: PairingToken): Promise<void> {
    await this.#link.call({ operation: "addNextToken", claim: sentClaim(claim), next: sentToken(next) });
  }

  async consumeToken(claim: TokenClaim): Promise<void> {
    await this.#link.call({ operation: "consumeToken", claim: sentClaim(claim) });
  }

  async redeemToken(claim: TokenClaim, issued: IssuedCertificate): Promise<void> {
    const record = sentCertificate(issued);
    await this.#link.call({ operation: "redeemToken", claim: sentClaim(claim), issued: record });
  }

  async purgeTokens(now: number): Promise<number> {
    return this.#link.call({ operation: "purgeTokens", now });
  }

  async recordCertificate(issued: IssuedCertificate): Promise<void> {
    await this.#link.call({ operation: "recordCertificate", issued: sentCertificate(issued) });
  }

  async revoke(revocation: Revocation): Promise<boolean> {
    return this.#link.call({ operation: "revoke", revocation: sentRevocation(revocation) });
  }

  async certificate(hash: string): Promise<IssuedCertificate | undefined> {
    return this.#link.call({ operation: "certificate", hash });
  }

  async certificates(filter: CertificateFilter, paging: Paging = {}): Promise<CertificatePage> {
    const { application, issuer, expiresBefore, expiresAfter, includeRevoked } = filter;
    const sent = { application, issuer, expiresBefore, expiresAfter, includeRevoked };
    const limit = paging.limit || Number.POSITIVE_INFINITY;
    let after = paging.continue === undefined ? undefined : readCertificatePlace(paging.continue);
    const items: IssuedCertificate[] = [];
    do {
      const most = Math.min(PAGE, limit - items.length);
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before it ended
      const page = await this.#link.call({ operation: "certificates", filter: sent, after, limit: most });
      items.push(...page.items);
      after = page.next;
    } while (after && items.length < limit);
    return after ? { items, continue: writeCertificatePlace(after) } : { items };
  }

  watchRevocations({ signal }: Abortable): AsyncIterable<RevocationChange> {
    const link = this.#link;
    const watch = link.newWatch();
    return new PulledFeed<RevocationChange, RevocationChange>({
      open: () => link.call({ operation: "watchRevocations", watch }),
      pull: () => link.call({ operation: "pullRevocations", watch }),
      close: () => link.call({ operation: "unwatchRevocations", watch }),
      toValue: (change) => change,
      signal,
    });
  }

  async dropExpired(now: number): Promise<number> {
    let total = 0;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- in steps, so that others come between
      const dropped = await this.#link.call({ operation: "dropExpired", now });
      if (dropped === 0) return total;
      total += dropped;
    }
  }
}

function sentClaim({ token, id }: TokenClaim): SentClaim {
  return { hash: token.hash, id };
}
