import type { Clock } from "../core/clock.ts";
import { isCredentialFailure, type CredentialFailure } from "./failures.ts";
import { usableTime } from "./refresh-schedule.ts";
import type { Shareable } from "./request-sharing.ts";

/** A process that asks for a value, and that can send the request for it. */
export interface Asker {
  /** undefined: it cannot any more, so another one has to. Never rejects. */
  send(): Promise<Outcome | undefined>;
}

type Outcome = Shareable | CredentialFailure;

export interface Asked {
  /** See SharedRequest. */
  readonly key: string;
  /** Which value is not wanted again; undefined where any will do. */
  readonly known: number | undefined;
}

export interface SharedAnswer {
  readonly outcome: Outcome;
  /** Names the value; undefined for a failure. */
  readonly id: number | undefined;
}

/** Callers for whom something is kept per credential. */
const MOST_PER_CREDENTIAL = 5000;

/** How often what has ended is looked for. Milliseconds. */
const SWEEP = 60_000;

/** A value is shared until shortly before those who have it would ask again. */
const SHARED_PART = 0.95;

/** For how long a value is shared that does not say when it ends: as long as a process keeps one unused. */
const UNKNOWN_LIFETIME = 3_600_000;

interface Kept {
  readonly value: Shareable;
  readonly id: number;
  /** On the monotonic clock: end of its life, and of its being shared. */
  readonly ends: number;
  readonly sharedUntil: number;
}

interface Request {
  readonly askers: Asker[];
  readonly answer: Promise<SharedAnswer>;
}

interface Place {
  kept: Kept | undefined;
  /** Those who ask now join it. */
  underWay: Request | undefined;
}

/**
 * What several processes need of token endpoints, asked for once. They decide when a value is to be renewed or was
 * refused, and send the requests; what came of one is given to whoever asks then.
 */
export class SharedAnswers implements Disposable {
  readonly #clock: Clock;
  /** By credential, then by whose it is; the least recently used one first. */
  readonly #credentials = new Map<string, Map<string, Place>>();
  #sweeper: Disposable;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sweeper = this.#sweepLater();
  }

  /** How many values are kept. */
  get size(): number {
    return [...this.#credentials.values()].reduce((total, places) => total + places.size, 0);
  }

  ask({ key, known }: Asked, asker: Asker): Promise<SharedAnswer> {
    const place = this.#place(key);
    const { kept } = place;
    if (kept && kept.id !== known && this.#clock.monotonic() < kept.sharedUntil) {
      return Promise.resolve(this.#answer(kept));
    }
    if (place.underWay) {
      place.underWay.askers.push(asker);
      return place.underWay.answer;
    }
    return this.#start(key, place, asker);
  }

  /** A request that is under way may bring what was valid before the refusal: whoever asks from now on starts another. */
  refused(key: string, id: number): void {
    const place = this.#find(key);
    if (place?.kept?.id !== id) return;
    place.kept = undefined;
    place.underWay = undefined;
  }

  forget(credential: string): void {
    this.#credentials.delete(credential);
  }

  [Symbol.dispose](): void {
    this.#sweeper[Symbol.dispose]();
    this.#credentials.clear();
  }

  #start(key: string, place: Place, asker: Asker): Promise<SharedAnswer> {
    const { promise, resolve } = Promise.withResolvers<SharedAnswer>();
    const request: Request = { askers: [asker], answer: promise };
    place.underWay = request;
    void this.#run(place, request).then((answer) => {
      if (place.underWay === request) place.underWay = undefined;
      if (!place.kept && !place.underWay) this.#drop(key, place);
      resolve(answer);
    });
    return promise;
  }

  /** By the first of those who ask that still can. */
  async #run(place: Place, request: Request): Promise<SharedAnswer> {
    for (let asker = request.askers.shift(); asker; asker = request.askers.shift()) {
      const asked = this.#clock.monotonic();
      const outcome = await asker.send();
      if (!outcome) continue;
      if (isCredentialFailure(outcome)) return { outcome, id: undefined };
      const kept = this.#keep(outcome, asked);
      if (place.underWay === request) place.kept = kept;
      return this.#answer(kept);
    }
    // Nobody is left who could wait for it.
    return { outcome: { lifetime: 0 }, id: undefined };
  }

  /** Its life counts from the question: when it was issued after that is not known. */
  #keep(value: Shareable, asked: number): Kept {
    const { lifetime = UNKNOWN_LIFETIME } = value;
    const shared = Math.min(usableTime(lifetime), lifetime * SHARED_PART);
    return { value, id: ++this.#lastId, ends: asked + lifetime, sharedUntil: asked + shared };
  }

  #answer({ value, id, ends }: Kept): SharedAnswer {
    if (value.lifetime === undefined) return { outcome: value, id };
    return { outcome: { ...value, lifetime: Math.max(0, ends - this.#clock.monotonic()) }, id };
  }

  #find(key: string): Place | undefined {
    const { credential, owner } = partsOf(key);
    return this.#credentials.get(credential)?.get(owner);
  }

  #place(key: string): Place {
    const { credential, owner } = partsOf(key);
    const places = this.#credentials.get(credential) ?? new Map<string, Place>();
    this.#credentials.set(credential, places);
    const place = places.get(owner) ?? { kept: undefined, underWay: undefined };
    places.delete(owner);
    places.set(owner, place);
    const [oldest] = places.size > MOST_PER_CREDENTIAL ? places.keys() : [];
    if (oldest !== undefined) places.delete(oldest);
    return place;
  }

  #drop(key: string, place: Place): void {
    const { credential, owner } = partsOf(key);
    const places = this.#credentials.get(credential);
    if (places?.get(owner) !== place) return;
    places.delete(owner);
    if (places.size === 0) this.#credentials.delete(credential);
  }

  #sweepLater(): Disposable {
    return this.#clock.after(SWEEP, () => {
      this.#sweep();
      this.#sweeper = this.#sweepLater();
    });
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [credential, places] of this.#credentials) {
      for (const [owner, place] of places) {
        if (place.kept && place.kept.sharedUntil <= now) place.kept = undefined;
        if (!place.kept && !place.underWay) places.delete(owner);
      }
      if (places.size === 0) this.#credentials.delete(credential);
    }
  }
}

function partsOf(key: string): { readonly credential: string; readonly owner: string } {
  const [credential = "", owner = ""] = key.split(" ", 2);
  return { credential, owner };
}
