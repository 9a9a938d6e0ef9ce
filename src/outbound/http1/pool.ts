import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import { Http1Connection } from "./connection.ts";
import { Http1Exchange } from "./exchange.ts";
import { openSocket, type SocketTarget, type TargetTls } from "./open-socket.ts";
import { proxyCredentials } from "./tunnel.ts";

export interface PoolOptions {
  /** `http://host:port` as `URL.origin` writes it. */
  readonly origin: string;
  readonly tls: Omit<TargetTls, "session"> | undefined;
  readonly proxy: string | undefined;
  readonly lookup: SocketTarget["lookup"];
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds that an idle connection is kept. */
  readonly idleTimeout: number;
}

/** The connections to one origin under one TLS identity: as many as there are calls at a time. */
export class TargetPool {
  readonly #options: PoolOptions;
  readonly #hostname: string;
  readonly #port: number;
  /** The last one used is the next one used, so that the others become old and are closed. */
  readonly #idle: Http1Connection[] = [];
  readonly #all = new Set<Http1Connection>();
  #session: Buffer | undefined;
  #waiting = 0;

  constructor(options: PoolOptions) {
    const { protocol, hostname, port } = new URL(options.origin);
    this.#options = options;
    this.#hostname = hostname.replace(/^\[|\]$/g, "");
    this.#port = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  }

  /** No connection is open or being opened. */
  get empty(): boolean {
    return this.#all.size === 0 && this.#waiting === 0;
  }

  forward(request: OutgoingRequest, receiver: ResponseReceiver): ForwardedRequest {
    const exchange = new Http1Exchange(this.#forProxy(request), receiver);
    const connection = this.#takeIdle();
    if (connection) connection.run(exchange);
    else void this.#open(exchange);
    return exchange;
  }

  /** Closes connections that have been idle for too long. */
  sweep(): void {
    const now = performance.now();
    const { idleTimeout } = this.#options;
    // The oldest are first; closing one takes it out of the list.
    for (const connection of [...this.#idle]) {
      if (!connection.usable(now, idleTimeout)) connection.socket.destroy();
    }
  }

  /** Cuts every connection. */
  close(): void {
    for (const connection of this.#all) connection.socket.destroy();
  }

  #takeIdle(): Http1Connection | undefined {
    const now = performance.now();
    for (;;) {
      const connection = this.#idle.pop();
      if (!connection || connection.usable(now, this.#options.idleTimeout)) return connection;
      connection.socket.destroy();
    }
  }

  async #open(exchange: Http1Exchange): Promise<void> {
    this.#waiting++;
    try {
      const connection = await this.#connect();
      // The call was given up while it waited: what was opened serves the next one.
      if (exchange.over) connection.release(true);
      else connection.run(exchange);
    } catch (error) {
      exchange.fail(error as Error);
    } finally {
      this.#waiting--;
    }
  }

  async #connect(): Promise<Http1Connection> {
    const { tls, proxy, lookup, connectTimeout: timeout } = this.#options;
    let connection: Http1Connection | undefined;
    const socket = await openSocket(
      {
        hostname: this.#hostname,
        port: this.#port,
        tls: tls && { ...tls, session: this.#session },
        proxy,
        lookup,
        timeout,
      },
      (bytes) => connection?.take(bytes),
    );
    if (tls) socket.on("session", (session: Buffer) => (this.#session = session));
    connection = new Http1Connection(socket, {
      idle: (free) => this.#idle.push(free),
      closed: (gone) => this.#forget(gone),
    });
    this.#all.add(connection);
    return connection;
  }

  #forget(connection: Http1Connection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  }

  /** A proxy for plain HTTP is asked with the whole URL (RFC 9112 §3.2.2); TLS goes through a tunnel. */
  #forProxy(request: OutgoingRequest): OutgoingRequest {
    const { proxy, tls, origin } = this.#options;
    if (proxy === undefined || tls) return request;
    const credentials = proxyCredentials(proxy);
    const more = credentials === undefined ? [] : ["Proxy-Authorization", credentials];
    return { ...request, path: origin + request.path, headers: [...request.headers, ...more] };
  }
}
