import { isIPv6 } from "node:net";
import type { Clock } from "../core/clock.ts";

interface Tries {
  /** Wrong tokens that still count; falls evenly, by the limit in a minute. */
  count: number;
  at: number;
}

const MINUTE = 60_000;
/** Addresses remembered; beyond that the one that failed longest ago is forgotten. */
const REMEMBERED = 10_000;

/** Counts wrong tokens by address, so that nobody can try them at leisure (connector spec §17). */
export class FailedTokens {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #tries = new Map<string, Tries>();

  /** 0 a minute: no limit. */
  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Whole seconds until the address may try again; 0 when it may now. */
  wait(address: string): number {
    const tries = this.#tries.get(keyOf(address));
    if (!tries || this.#perMinute === 0) return 0;
    const excess = this.#left(tries) - (this.#perMinute - 1);
    return excess <= 0 ? 0 : Math.ceil((excess * MINUTE) / this.#perMinute / 1000);
  }

  /** A token of this address was refused. */
  failed(address: string): void {
    if (this.#perMinute === 0) return;
    const key = keyOf(address);
    const tries = this.#tries.get(key);
    const count = tries ? this.#left(tries) : 0;
    this.#tries.delete(key);
    this.#tries.set(key, { count: Math.min(count + 1, this.#perMinute), at: this.#clock.monotonic() });
    if (this.#tries.size <= REMEMBERED) return;
    const [oldest] = this.#tries.keys();
    if (oldest !== undefined) this.#tries.delete(oldest);
  }

  #left({ count, at }: Tries): number {
    return Math.max(0, count - ((this.#clock.monotonic() - at) * this.#perMinute) / MINUTE);
  }
}

/** One customer of IPv6 has 2^64 addresses: they count as one. */
function keyOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = (address.split("%")[0] as string).split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length;
  return [...groups, ...Array.from({ length: zeros }, () => "0"), ...after].slice(0, 4).join(":");
}
