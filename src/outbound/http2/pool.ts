import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Http1Pool } from "../http1/pool.ts";
import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import { poolClosed } from "../pool-closed.ts";
import type { PoolOptions, TargetPool } from "../target-pool.ts";
import { TargetSockets } from "../target-sockets.ts";
import { TransportError } from "../transport-error.ts";
import { unsent } from "../unsent.ts";
import { Http2Connection } from "./connection.ts";
import { WaitingRequest } from "./waiting-request.ts";

export interface Http2PoolOptions extends PoolOptions {
  /** Takes the requests where the target chooses HTTP/1.1, which it may only where this is given. */
  readonly fallback?: Http1Pool | undefined;
}

/** Requests that a target is expected to take at a time before it has said how many. */
const EXPECTED_STREAMS = 100;

/**
 * Requests to one origin over HTTP/2: over few connections, each of which takes as many at a time as the target says.
 * Over TLS the protocol is agreed upon with every connection (ALPN), without TLS it is taken for known.
 */
export class Http2Pool implements TargetPool {
  readonly #options: Http2PoolOptions;
  readonly #sockets: TargetSockets;
  readonly #protocols: readonly string[];
  /** The first ones are filled first, so that the others become idle and are closed. */
  readonly #connections: Http2Connection[] = [];
  readonly #connecting = new Set<AbortController>();
  readonly #waiting = new Set<WaitingRequest>();
  #expected = EXPECTED_STREAMS;
  /** Connections that there have been. */
  #opened = 0;
  /** The target has chosen HTTP/1.1, and is asked again when nothing is open any more. */
  #fallsBack = false;
  #closed = false;

  constructor(options: Http2PoolOptions) {
    this.#options = options;
    this.#sockets = new TargetSockets(options);
    this.#protocols = options.fallback ? ["h2", "http/1.1"] : ["h2"];
  }

  get empty(): boolean {
    const open = this.#connections.length + this.#connecting.size + this.#waiting.size;
    return open === 0 && this.#options.fallback?.empty !== false;
  }

  forward(request: OutgoingRequest, receiver: ResponseReceiver): ForwardedRequest {
    const { refusal, fallback } = this.#options;
    const refused = this.#closed ? poolClosed() : refusal;
    if (refused) return unsent(request, receiver, refused);
    if (this.#fallsBack && fallback) return fallback.forward(request, receiver);
    const behind = request.freshConnection ? this.#opened : 0;
    const connection = this.#free(behind);
    if (connection) return runOn(connection, request, receiver);
    const left = (waiting: WaitingRequest) => this.#waiting.delete(waiting);
    const waiting = new WaitingRequest({ request, receiver, behind, left });
    this.#waiting.add(waiting);
    this.#openEnough();
    return waiting;
  }

  sweep(): void {
    const { idleTimeout, fallback } = this.#options;
    for (const connection of [...this.#connections]) connection.sweep(idleTimeout);
    fallback?.sweep();
    if (fallback?.empty) this.#fallsBack = false;
  }

  close(): void {
    this.#closed = true;
    for (const controller of this.#connecting) controller.abort(poolClosed());
    for (const connection of [...this.#connections]) connection.close(poolClosed());
    this.#options.fallback?.close();
  }

  /** One with room that was opened after so many others. */
  #free(behind: number): Http2Connection | undefined {
    return this.#connections.find(({ room, number }) => room > 0 && number > behind);
  }

  #openEnough(): void {
    while (this.#connecting.size * this.#expected < this.#waiting.size) void this.#open();
  }

  async #open(): Promise<void> {
    const controller = new AbortController();
    const expired = () => controller.abort(new TransportError("CONNECT_TIMEOUT", "connecting took too long"));
    const timer = setTimeout(expired, this.#options.connectTimeout);
    this.#connecting.add(controller);
    const outcome = await this.#connect(controller.signal).catch((error: unknown) => error as Error);
    clearTimeout(timer);
    this.#connecting.delete(controller);
    if (outcome instanceof Error) this.#failed(outcome);
    this.#serve();
    if (!this.#fallsBack) this.#openEnough();
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { origin, clock, tls } = this.#options;
    const opening = { signal, dedicated: true, protocols: this.#protocols };
    const socket = await this.#sockets.open(opening);
    if (tls && (socket as TLSSocket).alpnProtocol !== "h2") return this.#declined(socket);
    const options = {
      origin,
      number: ++this.#opened,
      clock,
      free: this.#serve,
      wantsHttp1: this.#fallBack,
      closed: this.#forget,
    };
    const connection = await Http2Connection.open(socket, options, signal);
    if (connection.limit === 0) {
      const error = new TransportError("NOT_PROCESSED", "the target takes no requests");
      connection.close(error);
      throw error;
    }
    this.#expected = connection.limit;
    this.#connections.push(connection);
  }

  /** RFC 7301 §3.2: another protocol of those that were offered, or none of them. */
  #declined(socket: Socket): void {
    const { fallback } = this.#options;
    if (!fallback) {
      socket.destroy();
      throw new TransportError("NO_HTTP2", "the target did not choose HTTP/2");
    }
    this.#fallBack();
    fallback.adopt(socket);
  }

  /** Whoever waits may still be served by another connection that is being opened. */
  #failed(error: Error): void {
    if (this.#connecting.size > 0 && !this.#closed) return;
    for (const waiting of this.#waiting) waiting.fail(error);
  }

  readonly #serve = (): void => {
    const { fallback } = this.#options;
    for (const waiting of this.#waiting) {
      if (this.#fallsBack && fallback) waiting.sendOver(fallback);
      else {
        if (!this.#free(0)) return;
        const connection = this.#free(waiting.behind);
        if (!connection) continue;
        waiting.sendOver({
          forward: (request, receiver) => runOn(connection, request, receiver),
        });
      }
    }
  };

  readonly #fallBack = (): void => {
    this.#fallsBack = this.#options.fallback !== undefined;
  };

  readonly #forget = (connection: Http2Connection): void => {
    const index = this.#connections.indexOf(connection);
    if (index !== -1) this.#connections.splice(index, 1);
  };
}

function runOn(
  connection: Http2Connection,
  request: OutgoingRequest,
  receiver: ResponseReceiver,
): ForwardedRequest {
  try {
    return connection.run(request, receiver);
  } catch (error) {
    return unsent(request, receiver, error as Error);
  }
}
