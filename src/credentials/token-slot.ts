import type { Clock } from "../core/clock.ts";
import { isCredentialFailure, type CredentialFailure, type CredentialFailureCode } from "./failures.ts";
import { InjectedHeader } from "./injected-header.ts";
import type { Authorisation, FetchOptions } from "./provider.ts";
import { publishFetch } from "./publish-fetch.ts";
import type { RequestSharing } from "./request-sharing.ts";
import {
  attemptTime,
  pauseAfter,
  refreshAfter,
  repeatAfter,
  usableTime,
  worthRefreshing,
} from "./refresh-schedule.ts";
import { SharedFetch, waitFor } from "./shared-fetch.ts";
import type { IssuedToken } from "./token-response.ts";

/** Where the tokens of one credential come from. */
export interface TokenSource {
  readonly type: "OAuth" | "OAuthWithCert";
  /** Answers soon after `signal` is aborted. */
  request(signal: AbortSignal): Promise<IssuedToken | CredentialFailure>;
}

export interface TokenEnvironment {
  readonly clock: Clock;
  /** From 0 up to 1, as Math.random. */
  readonly random: () => number;
  /** Milliseconds that a request for a token may take. */
  readonly timeout: number;
  /** @default with nobody */
  readonly sharing?: RequestSharing;
}

interface SlotEnvironment extends TokenEnvironment {
  /** Names the credential to those with whom requests are shared. */
  readonly key: string;
  readonly sharing: RequestSharing;
}

interface HeldToken {
  readonly authorisation: InjectedHeader;
  readonly lifetime: number;
  /** When it was asked for, on the monotonic clock. */
  readonly asked: number;
  /** On the monotonic clock; already earlier than the token's own end. */
  readonly usableUntil: number;
}

/** The provider has answered, and says that it does not give this client a token. */
const REFUSALS: ReadonlySet<CredentialFailureCode> = new Set([
  "CREDENTIALS_TOKEN_REFUSED",
  "CREDENTIALS_TOKEN_NOT_ISSUED",
]);

/** A token that nobody used for so long is not kept, however long it lives. */
const LONGEST_IDLE = 24 * 3_600_000;

/**
 * The token of one credential: fetched when it is first needed, refreshed by timer for as long as it is in
 * use, and given without looking at a clock, because a timer takes it away when it expires.
 *
 * At any time there is a fetch under way, or a timer, or no token. `#live` is what callers get; it is
 * undefined while the token is held but doubted (a call was refused with it) or asleep (not used for a
 * whole lifetime, or not while the provider refused to renew it, so no longer refreshed; the next use wakes it).
 */
export class TokenSlot {
  readonly #source: TokenSource;
  readonly #environment: SlotEnvironment;
  readonly #dropped: () => void;
  readonly #fetch: SharedFetch<Authorisation | CredentialFailure>;
  /** Names the fetch whose outcome counts. */
  #attempt: symbol | undefined;
  #live: Authorisation | undefined;
  #held: HeldToken | undefined;
  #doubted = false;
  #used = false;
  #lastUse = 0;
  #failures = 0;
  #timer: Disposable | undefined;
  /** Nobody may use what comes from now on, but for those who wait for it. */
  #ended = false;

  /** `dropped` is called when the slot holds nothing any more and may be forgotten. */
  constructor(source: TokenSource, environment: SlotEnvironment, dropped: () => void) {
    this.#source = source;
    this.#environment = environment;
    this.#dropped = dropped;
    this.#fetch = new SharedFetch(environment.clock);
  }

  current(): Authorisation | undefined {
    if (this.#live === undefined) return this.#wake();
    this.#used = true;
    return this.#live;
  }

  async fetch(
    signal: AbortSignal,
    { acceptsDoubted = false }: FetchOptions = {},
  ): Promise<Authorisation | CredentialFailure> {
    // Another caller's fetch may have ended between this caller's look and its question.
    const current = this.current();
    if (current) return current;
    const { timeout } = this.#environment;
    const outcome = await waitFor(
      this.#fetch.join((fetchSignal) => this.#obtain(fetchSignal, false), timeout),
      signal,
    );
    return acceptsDoubted && isCredentialFailure(outcome) ? (this.current() ?? outcome) : outcome;
  }

  invalidate(used: Authorisation): void {
    if (this.#doubted || this.#held?.authorisation !== used) return;
    this.#environment.sharing.refused(this.#environment.key);
    this.#doubted = true;
    this.#live = undefined;
    if (this.#attempt === undefined) return;
    // A refresh that was under way may bring what was valid before the refusal, even the refused token itself.
    this.#attempt = undefined;
    this.#fetch.supersede();
    // Whoever was refused may have gone, and then nobody fetches: the token still has to end.
    this.#wakeAt(Number.POSITIVE_INFINITY);
  }

  end(): void {
    this.#ended = true;
    this.#environment.sharing.forget(this.#environment.key);
    this.#forget();
    // Otherwise the fetch under way ends it: callers may be waiting for that one.
    if (this.#attempt === undefined) this.#dropped();
  }

  revive(): void {
    this.#ended = false;
  }

  close(): void {
    this.#ended = true;
    this.#drop();
    this.#fetch.abort(new Error("shutting down"));
  }

  async #obtain(signal: AbortSignal, background: boolean): Promise<Authorisation | CredentialFailure> {
    const asked = this.#environment.clock.monotonic();
    const attempt = Symbol("attempt");
    this.#attempt = attempt;
    this.#stopTimer();
    let outcome: IssuedToken | CredentialFailure;
    try {
      outcome = await this.#request(signal, background);
    } catch (error) {
      if (this.#attempt === attempt) this.#fail(false);
      throw error;
    }
    if (this.#attempt !== attempt) return isCredentialFailure(outcome) ? outcome : bearer(outcome);
    // A refresh is no use: a token that nobody asks for falls asleep in the end.
    this.#used ||= !background;
    if (!isCredentialFailure(outcome)) return this.#accept(outcome, asked);
    this.#fail(REFUSALS.has(outcome.code));
    return outcome;
  }

  #request(signal: AbortSignal, background: boolean): Promise<IssuedToken | CredentialFailure> {
    const { sharing, key } = this.#environment;
    const send = (ending: AbortSignal) => this.#send(ending, background);
    return sharing.request({ key, isRenewal: background, signal, send });
  }

  async #send(signal: AbortSignal, background: boolean): Promise<IssuedToken | CredentialFailure> {
    const { clock } = this.#environment;
    const { type } = this.#source;
    const asked = clock.monotonic();
    const published = (outcome: unknown) =>
      publishFetch({ type, background, milliseconds: clock.monotonic() - asked, outcome });
    try {
      const outcome = await this.#source.request(signal);
      published(outcome);
      return outcome;
    } catch (error) {
      published(error);
      throw error;
    }
  }

  /** The life of a token counts from the question: when it was issued after that is not known. */
  #accept(issued: IssuedToken, asked: number): Authorisation {
    const { clock, random } = this.#environment;
    const now = clock.monotonic();
    const authorisation = this.#authorisation(issued);
    const usableUntil = asked + usableTime(issued.lifetime);
    const held = { authorisation, lifetime: issued.lifetime, asked, usableUntil };
    const repeated = this.#held !== undefined && isSameToken(this.#held, held);
    this.#attempt = undefined;
    this.#failures = 0;
    this.#doubted = false;
    if (this.#ended || usableUntil <= now) {
      this.#drop();
      return authorisation;
    }
    this.#held = held;
    this.#live = authorisation;
    this.#wakeAt(
      repeated ? now + repeatAfter(usableUntil - now) : asked + refreshAfter(issued.lifetime, random),
    );
    return authorisation;
  }

  /**
   * A refresh that brings the same token changes nothing for the calls under way with it: where one of them
   * is refused, it is this token that is refused. Unless it was asked for because of a refusal.
   */
  #authorisation(issued: IssuedToken): InjectedHeader {
    const authorisation = bearer(issued);
    const held = this.#doubted ? undefined : this.#held?.authorisation;
    return held?.header === authorisation.header ? held : authorisation;
  }

  #fail(isRefusal: boolean): void {
    const { clock, random } = this.#environment;
    const rest = this.#rest(clock.monotonic());
    this.#attempt = undefined;
    this.#failures++;
    this.#doubted = false;
    if (this.#ended || !this.#held || rest <= 0) return this.#drop();
    this.#live = this.#held.authorisation;
    // Perhaps the Secret has another password by now: then nobody uses this token any more, and a provider
    // that is asked with the old one again and again may lock the client.
    if (isRefusal && !this.#used) return this.#sleep(clock.monotonic());
    this.#wakeAt(clock.monotonic() + pauseAfter(this.#failures, rest, random));
  }

  /** What the timer does: refresh, fall asleep or expire. */
  #tick(): void {
    const now = this.#environment.clock.monotonic();
    const rest = this.#rest(now);
    if (!this.#held || rest <= 0) return this.#drop();
    if (this.#used) this.#lastUse = now;
    this.#used = false;
    if (now - this.#lastUse > Math.min(this.#held.lifetime, LONGEST_IDLE)) this.#sleep(now);
    else this.#refresh(rest);
  }

  #refresh(rest: number): void {
    if (!worthRefreshing(rest)) return this.#wakeAt(Number.POSITIVE_INFINITY);
    const time = attemptTime(rest, this.#environment.timeout);
    // Expected failures are values, and a surprise has been published: nobody waits who could be told.
    this.#fetch.join((signal) => this.#obtain(signal, true), time).catch(() => {});
  }

  #sleep(now: number): void {
    this.#live = undefined;
    this.#at(Math.min(this.#held?.usableUntil ?? now, now + LONGEST_IDLE), () => this.#drop());
  }

  /** The token of a slot that sleeps is as good as any; using it starts the refreshing again. */
  #wake(): Authorisation | undefined {
    const now = this.#environment.clock.monotonic();
    const rest = this.#rest(now);
    if (!this.#held || this.#doubted || rest <= 0) return undefined;
    this.#live = this.#held.authorisation;
    this.#used = true;
    this.#lastUse = now;
    this.#refresh(rest);
    return this.#live;
  }

  #drop(): void {
    this.#forget();
    this.#dropped();
  }

  #forget(): void {
    this.#stopTimer();
    this.#live = undefined;
    this.#held = undefined;
  }

  #rest(now: number): number {
    return (this.#held?.usableUntil ?? now) - now;
  }

  #wakeAt(time: number): void {
    this.#at(Math.min(time, this.#held?.usableUntil ?? time), () => this.#tick());
  }

  /** A timer cannot be as long as a token may live, so it may ring early. */
  #at(time: number, action: () => void): void {
    const { clock } = this.#environment;
    this.#stopTimer();
    this.#timer = clock.after(Math.max(0, time - clock.monotonic()), () => {
      if (clock.monotonic() < time) this.#at(time, action);
      else action();
    });
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}

function bearer({ accessToken }: IssuedToken): InjectedHeader {
  return new InjectedHeader(`Bearer ${accessToken}`);
}

/** Given once more, and without a longer life: its end has moved on by less than half of the time since. */
function isSameToken(held: HeldToken, issued: HeldToken): boolean {
  const extension = issued.usableUntil - held.usableUntil;
  const same = held.authorisation.header === issued.authorisation.header;
  return same && extension < (issued.asked - held.asked) / 2;
}
