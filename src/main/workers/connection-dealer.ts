import type { Clock } from "../../core/clock.ts";
import type { Addressing } from "../../gateway/route.ts";

/** A connection that has been accepted and not read. */
export interface Dealt {
  /** Closes this process's copy: another one has the connection. */
  destroy(): unknown;
}

/** Who takes connections. Answers each with `taken`, later. */
export interface Taker<Connection extends Dealt> {
  take(connection: Connection, on: { readonly listener: Addressing; readonly id: number }): void;
}

interface Waiting<Connection> {
  readonly id: number;
  readonly listener: Addressing;
  readonly connection: Connection;
}

interface Seat<Connection extends Dealt> {
  readonly taker: Taker<Connection>;
  /** Connections that it has taken and not closed. */
  open: number;
  /** On its way; there is one at a time, so that one that dies on the way takes one along at most, and that one is kept. */
  handed: Waiting<Connection> | undefined;
  /** When, on the monotonic clock. */
  handedAt: number;
  readonly queue: Waiting<Connection>[];
  /** Grows with each deal. */
  lastDeal: number;
}

/** A taker that has not answered for so many milliseconds gets nothing more until it does. */
const STUCK = 250;

/** Connections that wait while nobody takes any. */
const MOST_WAITING = 10_000;

/**
 * Deals connections to whoever has fewest, in turn among equals. What has not been taken when a taker leaves is dealt to
 * the others: a connection is lost only with the process that serves it.
 */
export class ConnectionDealer<Connection extends Dealt> {
  readonly #clock: Clock;
  readonly #seats = new Map<Taker<Connection>, Seat<Connection>>();
  #unseated: Waiting<Connection>[] = [];
  #lastId = 0;
  #deals = 0;
  #idle: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Connections that a taker has now. */
  open(taker: Taker<Connection>): number {
    return this.#seats.get(taker)?.open ?? 0;
  }

  /** From now on it gets its share. */
  join(taker: Taker<Connection>): void {
    const seat = { taker, open: 0, handed: undefined, handedAt: 0, queue: [], lastDeal: 0 };
    this.#seats.set(taker, seat);
    for (const waiting of this.#unseated.splice(0)) this.#deal(waiting);
  }

  /** It has ended, or is about to. */
  leave(taker: Taker<Connection>): void {
    const seat = this.#seats.get(taker);
    if (!seat) return;
    this.#seats.delete(taker);
    for (const waiting of [...(seat.handed ? [seat.handed] : []), ...seat.queue]) this.#deal(waiting);
  }

  deal(listener: Addressing, connection: Connection): void {
    this.#deal({ id: ++this.#lastId, listener, connection });
  }

  /** `taker` has this connection, and answers for it. */
  taken(taker: Taker<Connection>, id: number): void {
    const seat = this.#seats.get(taker);
    if (seat?.handed?.id !== id) return;
    seat.handed.connection.destroy();
    seat.handed = undefined;
    seat.open++;
    const next = seat.queue.shift();
    if (next) this.#hand(seat, next);
    else this.#tellIdle();
  }

  /** So many connections of its own have ended. */
  closed(taker: Taker<Connection>, count: number): void {
    const seat = this.#seats.get(taker);
    if (seat) seat.open -= count;
  }

  /** Takes from those that do not answer what waits for them. To be called now and then. */
  unstick(): void {
    const now = this.#clock.monotonic();
    const seats = [...this.#seats.values()];
    if (seats.every((seat) => isStuck(seat, now))) return;
    for (const seat of seats.filter((each) => isStuck(each, now))) {
      for (const waiting of seat.queue.splice(0)) this.#deal(waiting);
    }
  }

  /** Resolves when every connection has been taken. */
  async settled(): Promise<void> {
    if (this.#isIdle) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    await promise;
  }

  /** Closes what nobody has taken. */
  close(): void {
    const seats = [...this.#seats.values()];
    this.#seats.clear();
    const waiting = seats.flatMap(({ handed, queue }) => [...(handed ? [handed] : []), ...queue]);
    for (const { connection } of [...waiting, ...this.#unseated.splice(0)]) connection.destroy();
    this.#tellIdle();
  }

  get #isIdle(): boolean {
    return this.#unseated.length === 0 && [...this.#seats.values()].every(({ handed }) => !handed);
  }

  #deal(waiting: Waiting<Connection>): void {
    const seat = this.#leastBusy();
    if (!seat) {
      if (this.#unseated.length < MOST_WAITING) this.#unseated.push(waiting);
      else waiting.connection.destroy();
      return;
    }
    seat.lastDeal = ++this.#deals;
    if (seat.handed) seat.queue.push(waiting);
    else this.#hand(seat, waiting);
  }

  #hand(seat: Seat<Connection>, waiting: Waiting<Connection>): void {
    seat.handed = waiting;
    seat.handedAt = this.#clock.monotonic();
    seat.taker.take(waiting.connection, waiting);
  }

  #leastBusy(): Seat<Connection> | undefined {
    const now = this.#clock.monotonic();
    const seats = [...this.#seats.values()];
    const able = seats.filter((seat) => !isStuck(seat, now));
    const [first, ...others] = able.length > 0 ? able : seats;
    return others.reduce((least, seat) => (isBefore(seat, least) ? seat : least), first as Seat<Connection>);
  }

  #tellIdle(): void {
    if (this.#isIdle) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function isStuck<Connection extends Dealt>({ handed, handedAt }: Seat<Connection>, now: number): boolean {
  return handed !== undefined && now - handedAt > STUCK;
}

function isBefore<Connection extends Dealt>(one: Seat<Connection>, other: Seat<Connection>): boolean {
  const difference = load(one) - load(other);
  return difference === 0 ? one.lastDeal < other.lastDeal : difference < 0;
}

function load<Connection extends Dealt>({ open, handed, queue }: Seat<Connection>): number {
  return open + queue.length + (handed ? 1 : 0);
}
