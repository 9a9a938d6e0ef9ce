import type { Socket } from "node:net";
import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import { poolClosed } from "../pool-closed.ts";
import type { PoolOptions, TargetPool } from "../target-pool.ts";
import { TargetSockets } from "../target-sockets.ts";
import { TransportError } from "../transport-error.ts";
import { unsent } from "../unsent.ts";
import { Http1Connection } from "./connection.ts";
import { Http1Exchange } from "./exchange.ts";
import { readAfterFailedWrite } from "./late-answer.ts";
import { sharesReadBuffer } from "./open-socket.ts";
import type { ProxiedHead } from "./request-head.ts";

/** The connections to one origin under one TLS identity: as many as there are calls at a time. */
export class Http1Pool implements TargetPool {
  readonly #options: PoolOptions;
  readonly #sockets: TargetSockets;
  readonly #proxied: ProxiedHead | undefined;
  /** The last one used is the next one used, so that the others become old and are closed. */
  readonly #idle: Http1Connection[] = [];
  readonly #open = new Set<Http1Connection>();
  readonly #connecting = new Set<AbortController>();
  /** Requests of the present turn of the event loop. */
  #waiting: Http1Exchange[] = [];
  #closed = false;

  constructor(options: PoolOptions) {
    const { origin, tls, proxy } = options;
    this.#options = options;
    this.#sockets = new TargetSockets(options);
    // TLS goes through a tunnel, of which the request knows nothing.
    this.#proxied = proxy && !tls ? { origin, authorization: proxy.authorization } : undefined;
  }

  /** No connection is open, being opened or about to be. */
  get empty(): boolean {
    return this.#open.size === 0 && this.#connecting.size === 0 && this.#waiting.length === 0;
  }

  /** The receiver hears nothing before this has returned. */
  forward(request: OutgoingRequest, receiver: ResponseReceiver): ForwardedRequest {
    const refusal = this.#closed ? poolClosed() : this.#options.refusal;
    if (refusal) return unsent(request, receiver, refusal);
    let exchange: Http1Exchange;
    try {
      // A proxy would not pass an upgrade on: it is asked for a tunnel.
      exchange = new Http1Exchange(request, receiver, request.upgrade ? undefined : this.#proxied);
    } catch (error) {
      return unsent(request, receiver, error as Error);
    }
    if (request.freshConnection || exchange.upgrades) void this.#runOnNew(exchange);
    else if (this.#waiting.push(exchange) === 1) setImmediate(this.#assign);
    return exchange;
  }

  /** Takes a connection over that was opened elsewhere and turned out to speak HTTP/1.1: over TLS, and unread. */
  adopt(socket: Socket): void {
    if (this.#closed || socket.destroyed) return void socket.destroy();
    const connection = this.#connectionOf(socket, false);
    socket.on("data", (bytes: Buffer) => connection.take(bytes)).resume();
    connection.release(true);
  }

  /** Closes connections that have been idle for too long. */
  sweep(): void {
    const now = this.#options.clock.monotonic();
    // Closing one takes it out of the list, later.
    for (const connection of this.#idle) {
      if (!connection.usable(now, this.#options.idleTimeout)) connection.socket.destroy();
    }
  }

  /** Cuts every connection; later calls fail. */
  close(): void {
    this.#closed = true;
    for (const controller of this.#connecting) controller.abort(poolClosed());
    for (const connection of this.#open) connection.socket.destroy(poolClosed());
  }

  /**
   * Requests get their connections when all that has come in this turn is read: what a target said unasked, or
   * that it closes a connection, is then known, and the requests leave in a row, which is cheaper than one by
   * one (decision 0017).
   */
  readonly #assign = (): void => {
    const exchanges = this.#waiting;
    this.#waiting = [];
    for (const exchange of exchanges) {
      if (exchange.over) continue;
      const connection = this.#takeIdle();
      if (connection) connection.run(exchange);
      else if (this.#closed) exchange.fail(poolClosed());
      else void this.#runOnNew(exchange);
    }
  };

  #takeIdle(): Http1Connection | undefined {
    const now = this.#options.clock.monotonic();
    for (;;) {
      const connection = this.#idle.pop();
      if (!connection || connection.usable(now, this.#options.idleTimeout)) return connection;
      connection.socket.destroy();
    }
  }

  async #runOnNew(exchange: Http1Exchange): Promise<void> {
    const controller = new AbortController();
    const expired = () => controller.abort(new TransportError("CONNECT_TIMEOUT", "connecting took too long"));
    const timer = setTimeout(expired, this.#options.connectTimeout);
    this.#connecting.add(controller);
    exchange.waitsFor(controller);
    try {
      const connection = await this.#connect(controller.signal, exchange.upgrades);
      // Given up in the moment when it was opened: it serves the next call.
      if (exchange.over) connection.release(!exchange.upgrades);
      else connection.run(exchange);
    } catch (error) {
      exchange.fail(error as Error);
    } finally {
      clearTimeout(timer);
      this.#connecting.delete(controller);
    }
  }

  async #connect(signal: AbortSignal, dedicated: boolean): Promise<Http1Connection> {
    let connection: Http1Connection | undefined;
    const socket = await this.#sockets.open({ signal, dedicated }, (bytes) => connection?.take(bytes));
    connection = this.#connectionOf(socket, sharesReadBuffer({ ...this.#options, dedicated }));
    return connection;
  }

  #connectionOf(socket: Socket, sharesBuffer: boolean): Http1Connection {
    // Between its opening and now nobody listened.
    if (socket.destroyed) throw new TransportError("CLOSED_BEFORE_ANSWER", "the connection was closed");
    readAfterFailedWrite(socket);
    const { clock } = this.#options;
    const connection = new Http1Connection({
      socket,
      sharesBuffer,
      idle: this.#keep,
      closed: this.#forget,
      clock,
    });
    this.#open.add(connection);
    return connection;
  }

  readonly #keep = (connection: Http1Connection): void => void this.#idle.push(connection);

  readonly #forget = (connection: Http1Connection): void => {
    this.#open.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  };
}
