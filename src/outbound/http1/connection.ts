import type { Socket } from "node:net";
import type { Http1Exchange } from "./exchange.ts";
import { Http1Error } from "./failures.ts";

export interface ConnectionEvents {
  /** Free for the next exchange. */
  readonly idle: (connection: Http1Connection) => void;
  readonly closed: (connection: Http1Connection) => void;
}

/** A server that says how long it keeps a connection means "about": ours is given up earlier. */
const KEEP_ALIVE_MARGIN = 1000;

/** One connection to a target, which serves one exchange after the other. */
export class Http1Connection {
  readonly socket: Socket;
  readonly #events: ConnectionEvents;
  #exchange: Http1Exchange | undefined;
  #served = 0;
  #answering = false;
  #error: Error | undefined;
  /** Milliseconds that it may be idle, as far as the server said. */
  #idleLimit = Number.POSITIVE_INFINITY;
  #idleSince = 0;

  constructor(socket: Socket, events: ConnectionEvents) {
    this.socket = socket;
    this.#events = events;
    socket.on("error", (error) => (this.#error = error));
    socket.on("end", () => this.#ended());
    socket.on("close", () => this.#closed());
  }

  /** It has served an exchange before the present one. */
  get reused(): boolean {
    return this.#served > 1;
  }

  /** Something of the present answer has come. */
  get answering(): boolean {
    return this.#answering;
  }

  /** `now` in monotonic milliseconds; `limit` is our own for idle connections. */
  usable(now: number, limit: number): boolean {
    return !this.socket.destroyed && now - this.#idleSince < Math.min(limit, this.#idleLimit);
  }

  run(exchange: Http1Exchange): void {
    this.#exchange = exchange;
    this.#answering = false;
    this.#served++;
    exchange.run(this);
  }

  /** Bytes from the target; a view that is valid during the call only. */
  take(bytes: Buffer): void {
    this.#answering = true;
    if (this.#exchange) this.#exchange.take(bytes);
    // Nobody asked: whatever it is, it must not become the answer to the next request.
    else this.socket.destroy();
  }

  keepsFor(milliseconds: number | undefined): void {
    if (milliseconds !== undefined) this.#idleLimit = Math.max(0, milliseconds - KEEP_ALIVE_MARGIN);
  }

  release(reusable: boolean): void {
    this.#exchange = undefined;
    if (!reusable || this.socket.destroyed || this.socket.readableEnded) {
      this.socket.destroy();
      return;
    }
    this.#idleSince = performance.now();
    if (this.socket.isPaused()) this.socket.resume();
    this.#events.idle(this);
  }

  #ended(): void {
    const exchange = this.#exchange;
    if (exchange) exchange.closed(undefined);
    this.socket.destroy();
  }

  #closed(): void {
    this.#events.closed(this);
    this.#exchange?.closed(
      this.#error ?? new Http1Error("CLOSED_BEFORE_ANSWER", "the connection was closed"),
    );
  }
}
