import {
  credentialFailure,
  isCredentialFailure,
  type CredentialFailure,
} from "../../src/credentials/failures.ts";
import type { Authorisation } from "../../src/credentials/provider.ts";
import type { IssuedToken } from "../../src/credentials/token-response.ts";
import type { TokenSource } from "../../src/credentials/token-slot.ts";
import type { FakeClock } from "./fake-clock.ts";

export interface Outage {
  /** On the monotonic clock, in milliseconds. */
  readonly from: number;
  readonly to: number;
  /** `refuse`: fails within 5 ms; `hang`: what is asked during the outage is never answered. */
  readonly kind: "refuse" | "hang";
}

/** An identity provider in simulated time, without sockets. */
export class SimulatedTokens implements TokenSource {
  readonly type = "OAuth";
  /** Milliseconds. */
  lifetime = 300_000;
  latency = 100;
  outages: readonly Outage[] = [];
  /** Gives this token always, as some servers do until it expires; `prolonged` with a full life each time. */
  sameToken: string | undefined;
  prolonged = false;
  /** When it was asked, on the monotonic clock. */
  readonly requests: number[] = [];
  readonly #clock: FakeClock;
  readonly #validUntil = new Map<string, number>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Whether a target would take this value now. */
  accepts(authorisation: Authorisation): boolean {
    const token = (authorisation.header ?? "").replace(/^Bearer /, "");
    return (this.#validUntil.get(token) ?? 0) > this.#clock.monotonic();
  }

  revoke(): void {
    this.#validUntil.clear();
  }

  async request(signal: AbortSignal): Promise<IssuedToken | CredentialFailure> {
    const now = this.#clock.monotonic();
    this.requests.push(now);
    const outage = this.outages.find(({ from, to }) => now >= from && now < to);
    const ended = await this.#wait(outage ? (outage.kind === "hang" ? Infinity : 5) : this.latency, signal);
    if (outage || !ended) return credentialFailure("CREDENTIALS_TOKEN_UNREACHABLE", "https://idp", "down");
    const accessToken = this.sameToken ?? `token-${this.requests.length}`;
    // Issued at the last moment that the client can suppose: when it asked.
    if (this.prolonged || !this.#validUntil.has(accessToken))
      this.#validUntil.set(accessToken, now + this.lifetime);
    const lifetime = (this.#validUntil.get(accessToken) ?? now) - now;
    return { kind: "issued-token", accessToken, lifetime };
  }

  /** Answers whether it was let wait. */
  #wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(milliseconds, () => resolve(true));
      signal.addEventListener("abort", () => {
        timer[Symbol.dispose]();
        resolve(false);
      });
    });
  }
}

export function succeeded(outcome: Authorisation | CredentialFailure): outcome is Authorisation {
  return !isCredentialFailure(outcome);
}
