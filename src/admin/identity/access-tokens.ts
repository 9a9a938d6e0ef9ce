import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { AccessRecord, AccessRecords } from "../../stores/access-records.ts";
import type { Caller } from "./caller.ts";

/** Tells our tokens from others', for people and for programs that look for leaked ones. */
const MARK = "appconn_";

/** Characters of a token that are kept: the mark, and 24 of its 256 bits. */
const PREFIX = MARK.length + 4;

/** How often the time of the last use is kept at most, in milliseconds. */
const USE_INTERVAL = 60_000;

/** How long an end is waited for at once, in milliseconds: the clock of the system may be set meanwhile. */
const LONGEST_WAIT = 60_000;

/** What is asked for when a token is made. */
export type NewAccess = Pick<AccessRecord, "name" | "role" | "applications" | "createdBy" | "expiresAt">;

export interface MadeAccess {
  /** Shown this once. */
  readonly token: string;
  readonly record: AccessRecord;
}

/** Why a token that was good once is not any more. */
export interface EndedAccess {
  readonly reason: "expired" | "revoked";
  readonly record: AccessRecord;
}

/** Revoked tokens that are remembered until the process ends, for those who still use them. */
const REVOKED = 1000;

interface Held {
  record: AccessRecord;
  readonly caller: Caller;
  readonly end: AbortController;
}

export interface AccessTokensOptions {
  readonly records: AccessRecords;
  readonly clock: Clock;
  /** Told where the time of a use could not be kept. */
  readonly surprised: (error: unknown) => void;
}

/**
 * The named tokens of the admin API. All are held in memory, so that a request waits for nothing; the home
 * belongs to one process, which alone adds and removes them.
 */
export class AccessTokens implements Disposable {
  readonly #options: AccessTokensOptions;
  readonly #held = new Map<string, Held>();
  /** By hash. */
  readonly #revoked = new Map<string, AccessRecord>();
  #timer: Disposable | undefined;

  private constructor(options: AccessTokensOptions, records: readonly AccessRecord[]) {
    this.#options = options;
    for (const record of records) this.#hold(record);
    this.#endExpired();
  }

  static async open(options: AccessTokensOptions): Promise<AccessTokens> {
    return new AccessTokens(options, await options.records.list());
  }

  /** Sorted by name; expired ones too. */
  get records(): readonly AccessRecord[] {
    const records = Array.from(this.#held.values(), ({ record }) => record);
    return records.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Whose token it is; undefined where it is nobody's, or not any more. */
  callerOf(presented: string): Caller | undefined {
    const held = this.#held.get(hashOf(presented));
    if (!held) return undefined;
    const now = this.#options.clock.now();
    if (hasExpired(held.record, now)) held.end.abort();
    if (held.end.signal.aborted) return undefined;
    this.#noteUse(held, now);
    return held.caller;
  }

  /** What became of a token that is nobody's now; undefined where it is not known. */
  endOf(presented: string): EndedAccess | undefined {
    const hash = hashOf(presented);
    const revoked = this.#revoked.get(hash);
    if (revoked) return { reason: "revoked", record: revoked };
    const held = this.#held.get(hash);
    return held?.end.signal.aborted ? { reason: "expired", record: held.record } : undefined;
  }

  /** `createdAt` in milliseconds since the epoch. STORE_CONFLICT where one of that name exists. */
  async create(wanted: NewAccess, createdAt = this.#options.clock.now()): Promise<MadeAccess> {
    const token = MARK + randomBytes(32).toString("base64url");
    const { name, role, applications, createdBy, expiresAt } = wanted;
    const known = { hash: hashOf(token), prefix: token.slice(0, PREFIX), createdAt, lastUsedAt: undefined };
    const record = { name, role, applications, createdBy, expiresAt, ...known };
    await this.#options.records.add(record);
    this.#hold(record);
    this.#endExpired();
    return { token, record };
  }

  /** Ends all that the token has open; false where there is none of that name. */
  async revoke(name: string): Promise<boolean> {
    const removed = await this.#options.records.remove(name);
    for (const [hash, { record, end }] of this.#held) {
      if (record.name !== name) continue;
      this.#held.delete(hash);
      this.#remember(hash, record);
      end.abort();
    }
    return removed;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  #hold(record: AccessRecord): void {
    const end = new AbortController();
    const { name, role, applications } = record;
    const limit = applications && new Set(applications);
    this.#held.set(record.hash, {
      record,
      caller: { name, role, applications: limit, ended: end.signal },
      end,
    });
  }

  #remember(hash: string, record: AccessRecord): void {
    this.#revoked.set(hash, record);
    if (this.#revoked.size <= REVOKED) return;
    const [oldest = ""] = this.#revoked.keys();
    this.#revoked.delete(oldest);
  }

  #noteUse(held: Held, now: number): void {
    const { hash, lastUsedAt } = held.record;
    if (lastUsedAt !== undefined && Math.abs(now - lastUsedAt) < USE_INTERVAL) return;
    held.record = { ...held.record, lastUsedAt: now };
    this.#options.records.used(hash, now).catch(this.#options.surprised);
  }

  /** Requests find out by themselves; this is for what they have open. */
  #endExpired(): void {
    const { clock } = this.#options;
    this.#timer?.[Symbol.dispose]();
    const now = clock.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const { record, end } of this.#held.values()) {
      if (hasExpired(record, now)) end.abort();
      else soonest = Math.min(soonest, record.expiresAt ?? soonest);
    }
    if (soonest === Number.POSITIVE_INFINITY) return;
    this.#timer = clock.after(Math.min(soonest - now, LONGEST_WAIT), () => this.#endExpired());
  }
}

function hasExpired({ expiresAt }: AccessRecord, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
