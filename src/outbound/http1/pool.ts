import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Clock } from "../../core/clock.ts";
import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import { Http1Connection } from "./connection.ts";
import { Http1Exchange } from "./exchange.ts";
import { Http1Error } from "./http1-error.ts";
import { readAfterFailedWrite } from "./late-answer.ts";
import { openSocket, sharesReadBuffer, type SocketProxy, type SocketTarget } from "./open-socket.ts";
import type { ProxiedHead } from "./request-head.ts";

export interface PoolOptions {
  /** `http://host:port` as `URL.origin` writes it. */
  readonly origin: string;
  readonly tls: PoolTls | undefined;
  readonly proxy: SocketProxy | undefined;
  /** Why nothing may be sent to this origin. */
  readonly refusal?: Error | undefined;
  readonly lookup: SocketTarget["lookup"];
  readonly observer?: SocketTarget["observer"];
  /** Milliseconds for all of it: name, TCP, proxy and TLS. */
  readonly connectTimeout: number;
  /** Milliseconds that an idle connection is kept. */
  readonly idleTimeout: number;
  readonly clock: Clock;
}

export interface PoolTls {
  /** Asked for every connection; may throw when it is asked first. */
  readonly secureContext: () => SecureContext;
  readonly verify: boolean;
  /** In place of the origin's host, asked for and expected in the certificate. */
  readonly serverName?: string | undefined;
}

/** The connections to one origin under one TLS identity: as many as there are calls at a time. */
export class TargetPool {
  readonly #options: PoolOptions;
  readonly #hostname: string;
  readonly #port: number;
  readonly #proxied: ProxiedHead | undefined;
  /** The last one used is the next one used, so that the others become old and are closed. */
  readonly #idle: Http1Connection[] = [];
  readonly #open = new Set<Http1Connection>();
  readonly #connecting = new Set<AbortController>();
  /** Requests of the present turn of the event loop. */
  #waiting: Http1Exchange[] = [];
  #session: Buffer | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    const { origin, tls, proxy } = options;
    const { protocol, hostname, port } = new URL(origin);
    this.#options = options;
    this.#hostname = hostname.replace(/^\[|\]$/g, "");
    this.#port = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
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
    if (refusal) return failing(request, receiver, refusal);
    let exchange: Http1Exchange;
    try {
      // A proxy would not pass an upgrade on: it is asked for a tunnel.
      exchange = new Http1Exchange(request, receiver, request.upgrade ? undefined : this.#proxied);
    } catch (error) {
      return failing(request, receiver, error as Error);
    }
    if (request.freshConnection || exchange.upgrades) void this.#runOnNew(exchange);
    else if (this.#waiting.push(exchange) === 1) setImmediate(this.#assign);
    return exchange;
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
    const expired = () => controller.abort(new Http1Error("CONNECT_TIMEOUT", "connecting took too long"));
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
    const socket = await this.#openSocket({ signal, dedicated }, (bytes) => connection?.take(bytes));
    // Between its opening and now nobody listened.
    if (socket.destroyed) throw new Http1Error("CLOSED_BEFORE_ANSWER", "the connection was closed");
    readAfterFailedWrite(socket);
    connection = new Http1Connection({
      socket,
      sharesBuffer: sharesReadBuffer({ ...this.#options, dedicated }),
      idle: this.#keep,
      closed: this.#forget,
      clock: this.#options.clock,
    });
    this.#open.add(connection);
    return connection;
  }

  async #openSocket(
    opening: Pick<SocketTarget, "signal" | "dedicated">,
    take: (bytes: Buffer) => void,
  ): Promise<Socket> {
    const { tls, proxy, lookup, observer } = this.#options;
    const target = { hostname: this.#hostname, port: this.#port, proxy, lookup, observer, ...opening };
    if (!tls) return openSocket({ ...target, tls: undefined }, take);
    const secured = {
      secureContext: tls.secureContext(),
      verify: tls.verify,
      serverName: tls.serverName,
      session: this.#session,
      offered: this.#keepSession,
    };
    try {
      return await openSocket({ ...target, tls: secured }, take);
    } catch (error) {
      // A server that stumbles over its own session must not do so for ever.
      this.#session = undefined;
      throw error;
    }
  }

  readonly #keepSession = (session: Buffer): void => void (this.#session = session);

  readonly #keep = (connection: Http1Connection): void => void this.#idle.push(connection);

  readonly #forget = (connection: Http1Connection): void => {
    this.#open.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  };
}

function poolClosed(): Http1Error {
  return new Http1Error("CONNECTIONS_CLOSED", "the gateway is being stopped");
}

/** A request that is never sent. */
function failing(request: OutgoingRequest, receiver: ResponseReceiver, error: Error): ForwardedRequest {
  const { body } = request;
  if (body && !Buffer.isBuffer(body)) body.on("error", () => {}).destroy();
  let aborted = false;
  queueMicrotask(() => {
    if (!aborted) receiver.failed(error);
  });
  return { abort: () => void (aborted = true), resume: () => {} };
}
