import { ok } from "node:assert/strict";
import type { PairingRecords, RevocationChange, TokenClaim } from "../../../src/stores/pairing-records.ts";
import { MOMENT } from "../../doubles/pairing-records.ts";

/** How a suite gets its records, which are opened before its first test. */
export type Records = () => PairingRecords;

export const LEASE = 30_000;

export const claiming = { now: MOMENT, leaseMilliseconds: LEASE, purpose: "application" } as const;

/** The claim of a token that must be free. */
export async function claimed(records: PairingRecords, hash: string, now = MOMENT): Promise<TokenClaim> {
  const claim = await records.claimToken(hash, { ...claiming, now });
  ok(claim, "the token can be claimed");
  return claim;
}

/** A watch of revocations that a test reads step by step. */
export class RevocationReader implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #changes: AsyncIterator<RevocationChange>;

  constructor(records: PairingRecords) {
    this.#changes = records.watchRevocations({ signal: this.#abort.signal })[Symbol.asyncIterator]();
  }

  async next(): Promise<RevocationChange> {
    const { value, done } = await this.#changes.next();
    if (done) throw new Error("the watch ended");
    return value;
  }

  /** Everything up to and including the end of the initial list. */
  async untilSynced(): Promise<RevocationChange[]> {
    const changes: RevocationChange[] = [];
    for (;;) {
      const change = await this.next();
      changes.push(change);
      if (change.type === "synced") return changes;
    }
  }

  abort(): void {
    this.#abort.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#changes.return?.();
  }
}

/** The hash that a change is about; undefined for `synced`. */
export function hashIn(change: RevocationChange): string | undefined {
  if (change.type === "revoked") return change.revocation.hash;
  return change.type === "expired" ? change.hash : undefined;
}
