import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type {
  IssuedCertificate,
  PairingPurpose,
  PairingRecords,
  PairingToken,
  TokenClaim,
} from "../stores/pairing-records.ts";
import type { PairingContext } from "./pairing-context.ts";
import { settleExchange } from "./settle-exchange.ts";

/** No token that comes of another one outlives its beginning by more than this (connector spec §8). Milliseconds. */
const LONGEST_CHAIN = 15 * 60_000;

/** More than the body of a request and its signature take; after a crash the token is free again this late. */
const LEASE = 30_000;

/** Longer ones are none of ours, and need no hashing. */
const LONGEST_TOKEN = 2048;

export interface PairingTokensOptions {
  readonly records: PairingRecords;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  /** Bytes. */
  readonly length: number;
  /** Milliseconds. */
  readonly lifetimes: Readonly<Record<PairingPurpose, number>>;
}

export interface NewToken {
  /** The secret itself, which exists in this value alone. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What a token was exchanged for. */
export interface NextToken {
  /** The secret itself, which exists in this value alone. */
  readonly token: string;
  /** To be told whether the answer with it was handed over. Never rejects. */
  readonly settle: (isDelivered: boolean) => Promise<void>;
}

/** One-time tokens. Only their SHA-256 is kept. Disposing of it waits for exchanges that are being settled. */
export class PairingTokens implements AsyncDisposable {
  readonly #options: PairingTokensOptions;
  readonly #settling = new Set<Promise<void>>();

  constructor(options: PairingTokensOptions) {
    this.#options = options;
  }

  /** `lifetime` in milliseconds, where it is to be shorter than usual. */
  async create(context: PairingContext, lifetime = Number.POSITIVE_INFINITY): Promise<NewToken> {
    const usual = this.#options.lifetimes[context.purpose];
    const now = this.#options.clock.now();
    // A first token that was configured to live longer than any chain is its own end.
    const chainEndsAt = now + Math.max(LONGEST_CHAIN, usual);
    const { token, record } = this.#make(context, { now, lifetime: Math.min(usual, lifetime), chainEndsAt });
    await this.#options.records.addToken(record);
    return { token, expiresAt: record.expiresAt };
  }

  /** Takes a token for one use; undefined where it is not good: unknown, expired, in use, or of the other purpose. */
  async claim(presented: string, purpose: PairingPurpose): Promise<ClaimedToken | undefined> {
    if (presented.length > LONGEST_TOKEN) return undefined;
    const now = this.#options.clock.now();
    const claiming = { now, leaseMilliseconds: LEASE, purpose };
    const claim = await this.#options.records.claimToken(hashOf(presented), claiming);
    return claim && new ClaimedToken(claim, this.#options.records, () => this.#next(claim));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#settling);
  }

  async #next(claim: TokenClaim): Promise<NextToken> {
    const { token, record } = this.#successor(claim.token);
    await this.#options.records.addNextToken(claim, record);
    const { records, clock } = this.#options;
    const claiming = () => ({ now: clock.now(), leaseMilliseconds: LEASE, purpose: record.purpose });
    const settle = async (isDelivered: boolean) => {
      // Where the store cannot be written it is left to the lease.
      const settled = settleExchange({ records, claim, next: record.hash, claiming }, isDelivered).catch(
        () => undefined,
      );
      this.#settling.add(settled);
      await settled;
      this.#settling.delete(settled);
    };
    return { token, settle };
  }

  #successor(token: PairingToken): MadeToken {
    const { clock, lifetimes } = this.#options;
    const { chainEndsAt, purpose } = token;
    return this.#make(token, { now: clock.now(), lifetime: lifetimes[purpose], chainEndsAt });
  }

  #make(
    { purpose, application, tenant, group }: PairingContext,
    times: { readonly now: number; readonly lifetime: number; readonly chainEndsAt: number },
  ): MadeToken {
    const { random, length } = this.#options;
    const token = urlSafe(random(length));
    const expiresAt = Math.min(times.now + times.lifetime, times.chainEndsAt);
    const { now: createdAt, chainEndsAt } = times;
    const context = { purpose, application, tenant, group };
    return { token, record: { hash: hashOf(token), ...context, createdAt, expiresAt, chainEndsAt } };
  }
}

interface MadeToken {
  readonly token: string;
  readonly record: PairingToken;
}

/** A token that nobody else can use meanwhile. Disposed of unused, it is good again. */
export class ClaimedToken implements AsyncDisposable {
  readonly context: PairingContext;
  readonly #claim: TokenClaim;
  readonly #records: PairingRecords;
  readonly #next: () => Promise<NextToken>;
  #isUsed = false;

  constructor(claim: TokenClaim, records: PairingRecords, next: () => Promise<NextToken>) {
    const { purpose, application, tenant, group } = claim.token;
    this.context = { purpose, application, tenant, group };
    this.#claim = claim;
    this.#records = records;
    this.#next = next;
  }

  /**
   * Adds another token for it; undefined where somebody else took it after the lease. It is used up when the
   * answer with the other one was handed over, and nobody else can use it until that is settled.
   */
  exchange(): Promise<NextToken | undefined> {
    return this.#use(this.#next);
  }

  /** Uses it up for a certificate; false where somebody else took it after the lease. */
  async redeem(issued: IssuedCertificate): Promise<boolean> {
    const done = await this.#use(async () => {
      await this.#records.redeemToken(this.#claim, issued);
      return true;
    });
    return done ?? false;
  }

  /** Leaves it to the lease where the store cannot be written. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isUsed) return;
    await this.#records.releaseToken(this.#claim).catch(() => undefined);
  }

  async #use<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      const written = await write();
      this.#isUsed = true;
      return written;
    } catch (error) {
      if (isStoreFailure(error, "STORE_CONFLICT")) return undefined;
      throw error;
    }
  }
}

/** RFC 4648 §5 with its padding: what `base64url` of Node leaves away, clients of the original have seen. */
function urlSafe(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
