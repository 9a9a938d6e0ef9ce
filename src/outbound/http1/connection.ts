import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { Http1Exchange } from "./exchange.ts";
import { TransportError } from "../transport-error.ts";

export interface ConnectionOptions {
  readonly socket: Socket;
  /** What `take` gets is a view into a buffer that is used again: whoever keeps bytes copies them. */
  readonly sharesBuffer: boolean;
  /** Free for the next exchange. */
  readonly idle: (connection: Http1Connection) => void;
  readonly closed: (connection: Http1Connection) => void;
  readonly clock: Clock;
}

/** A server that says how long it keeps a connection means "about": ours is given up earlier. */
const KEEP_ALIVE_MARGIN = 1000;

/** One connection to a target, which serves one exchange after the other. */
export class Http1Connection {
  readonly socket: Socket;
  readonly sharesBuffer: boolean;
  readonly #options: ConnectionOptions;
  #exchange: Http1Exchange | undefined;
  #kept = false;
  #answering = false;
  #error: Error | undefined;
  /** Milliseconds that it may be idle, as far as the server said. */
  #idleLimit = Number.POSITIVE_INFINITY;
  #idleSince = 0;

  constructor(options: ConnectionOptions) {
    const { socket, sharesBuffer } = options;
    this.socket = socket;
    this.sharesBuffer = sharesBuffer;
    this.#options = options;
    socket.on("error", (error) => this.#failed(error));
    socket.on("end", this.#ended);
    socket.on("close", () => this.#closed());
  }

  /** It has been idle before the present exchange, so that the target may have closed it meanwhile. */
  get reused(): boolean {
    return this.#kept;
  }

  /** Something of the present answer has come. */
  get answering(): boolean {
    return this.#answering;
  }

  /** `now` in monotonic milliseconds; `limit` is our own for idle connections. */
  usable(now: number, limit: number): boolean {
    return this.socket.writable && now - this.#idleSince < Math.min(limit, this.#idleLimit);
  }

  run(exchange: Http1Exchange): void {
    this.#exchange = exchange;
    this.#answering = false;
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
    const { socket } = this;
    // What has not left yet of the last request would stand in the way of the next one.
    if (!reusable || !socket.writable || socket.readableEnded || socket.writableLength > 0) {
      socket.destroy();
      return;
    }
    this.#kept = true;
    this.#idleSince = this.#options.clock.monotonic();
    if (socket.isPaused()) socket.resume();
    this.#options.idle(this);
  }

  /**
   * It speaks another protocol from now on: whoever gets the socket reads it, beginning with `rest`, and may end its
   * two directions one after the other. Here only its closing is heard.
   */
  handOver(rest: Buffer): Socket {
    const { socket } = this;
    this.#exchange = undefined;
    socket.off("end", this.#ended).removeAllListeners("data").pause();
    socket.allowHalfOpen = true;
    if (rest.length > 0) socket.unshift(rest);
    return socket;
  }

  #failed(error: Error): void {
    this.#error = error;
    // Node goes on reading after a TLS alert, and would tell the end of the connection first.
    this.socket.destroy();
  }

  readonly #ended = (): void => {
    this.#exchange?.closed(undefined);
    this.socket.destroy();
  };

  #closed(): void {
    this.#options.closed(this);
    this.#exchange?.closed(
      this.#error ?? new TransportError("CLOSED_BEFORE_ANSWER", "the connection was closed"),
    );
  }
}
