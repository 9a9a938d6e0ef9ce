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

/** One-time tokens. Only their SHA-256 is kept. */
export class PairingTokens {
  readonly #options: PairingTokensOptions;

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
    return claim && new ClaimedToken(claim, this.#options.records, (token) => this.#successor(token));
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
  readonly #successor: (token: PairingToken) => MadeToken;
  #isUsed = false;

  constructor(claim: TokenClaim, records: PairingRecords, successor: (token: PairingToken) => MadeToken) {
    const { purpose, application, tenant, group } = claim.token;
    this.context = { purpose, application, tenant, group };
    this.#claim = claim;
    this.#records = records;
    this.#successor = successor;
  }

  /** Uses it up for another token; undefined where somebody else took it after the lease. */
  async exchange(): Promise<NewToken | undefined> {
    const { token, record } = this.#successor(this.#claim.token);
    const isDone = await this.#use(() => this.#records.exchangeToken(this.#claim, record));
    return isDone ? { token, expiresAt: record.expiresAt } : undefined;
  }

  /** Uses it up for a certificate; false where somebody else took it after the lease. */
  redeem(issued: IssuedCertificate): Promise<boolean> {
    return this.#use(() => this.#records.redeemToken(this.#claim, issued));
  }

  /** Leaves it to the lease where the store cannot be written. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isUsed) return;
    await this.#records.releaseToken(this.#claim).catch(() => undefined);
  }

  async #use(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
    } catch (error) {
      if (isStoreFailure(error, "STORE_CONFLICT")) return false;
      throw error;
    }
    this.#isUsed = true;
    return true;
  }
}

/** RFC 4648 §5 with its padding: what `base64url` of Node leaves away, clients of the original have seen. */
function urlSafe(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
