import type { Clock } from "../../core/clock.ts";
import type { ConnectedTo, OpeningObserver, SecuredBy } from "../../outbound/opening-observer.ts";

/** A value, and when it came on the monotonic clock. */
interface Timed<Value> {
  readonly at: number;
  readonly value: Value;
}

/** Notes how one connection comes about. */
export class ConnectionRecorder implements OpeningObserver {
  readonly begun: number;
  found: Timed<readonly string[] | Error> | undefined;
  reached: Timed<ConnectedTo> | undefined;
  shaken: Timed<SecuredBy> | undefined;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #opened: () => void;
  readonly #isSecure: boolean;

  /** `opened` is called when the connection stands, before anything is sent. */
  constructor(clock: Pick<Clock, "monotonic">, isSecure: boolean, opened: () => void) {
    this.#clock = clock;
    this.#isSecure = isSecure;
    this.#opened = opened;
    this.begun = clock.monotonic();
  }

  lookedUp(_hostname: string, found: readonly string[] | Error): void {
    this.found = this.#timed(found);
  }

  connected(to: ConnectedTo): void {
    this.reached = this.#timed(to);
    if (!this.#isSecure) this.#opened();
  }

  secured(tls: SecuredBy): void {
    this.shaken = this.#timed(tls);
    this.#opened();
  }

  #timed<Value>(value: Value): Timed<Value> {
    return { at: this.#clock.monotonic(), value };
  }
}
