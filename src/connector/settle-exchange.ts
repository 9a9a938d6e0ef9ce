import type { Claiming, PairingRecords, TokenClaim } from "../stores/pairing-records.ts";
import { isStoreFailure } from "../stores/store-failure.ts";

export interface Exchange {
  readonly records: Pick<PairingRecords, "claimToken" | "consumeToken" | "releaseToken">;
  /** Of the token that was presented. */
  readonly claim: TokenClaim;
  /** Hash of the token that was added for it. */
  readonly next: string;
  /** For the next token, now. */
  readonly claiming: () => Claiming;
}

/**
 * Ends an exchange of tokens when it is known what became of its answer: one of both tokens stays. Killed at
 * any moment before, the first one is free again after its lease. Rejects where the store cannot be written.
 */
export async function settleExchange(exchange: Exchange, isDelivered: boolean): Promise<void> {
  const { records, claim } = exchange;
  if (isDelivered) {
    // Whoever took the first one after the lease got a token of their own.
    if (!(await consume(exchange))) await dropNext(exchange);
    return;
  }
  // Where the next one is in use its answer arrived after all, although the connection broke.
  if (await dropNext(exchange)) await records.releaseToken(claim);
  else await consume(exchange);
}

/** false where the claim was lost. */
async function consume({ records, claim }: Exchange): Promise<boolean> {
  try {
    await records.consumeToken(claim);
    return true;
  } catch (error) {
    if (isStoreFailure(error, "STORE_CONFLICT")) return false;
    throw error;
  }
}

/** false where somebody uses it, or has. */
async function dropNext({ records, next, claiming }: Exchange): Promise<boolean> {
  const claim = await records.claimToken(next, claiming());
  if (claim) await records.consumeToken(claim);
  return claim !== undefined;
}
