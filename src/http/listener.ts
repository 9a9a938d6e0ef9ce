import type { Server, ServerOptions, ServerResponse } from "node:http";
import { Server as NetServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer, type TlsOptions } from "node:tls";
import { systemClock, type Clock } from "../core/clock.ts";
import { bind } from "./bind.ts";
import { createServer } from "./node-http.ts";
import { FirstByteSwitch } from "./first-byte-switch.ts";
import { originOf } from "./origin-of.ts";
import type { RequestHandler } from "./request-handler.ts";

export interface ListenerOptions {
  /** A host name or address of this machine. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The setting that gave the port, for the error of a taken one: `admin.port`. */
  readonly setting: string;
  readonly handler: RequestHandler;
  /** Absent: plain HTTP. */
  readonly tls?: TlsOptions;
  /**
   * With `tls`: asked of each accepted connection before a byte of it is read; false closes it. Whoever says
   * true may still destroy it while it shakes hands.
   */
  readonly admit?: (socket: Socket) => boolean;
  /** For events of the TLS server, such as `tlsClientError`; called before it listens. */
  readonly prepareTls?: (server: TlsServer) => void;
  /** With `tls`: the port takes plain HTTP too, told apart by the first byte. Only for loopback. */
  readonly alsoPlain?: boolean;
  /** Overrides of the limits below, and what else `http.createServer` takes. */
  readonly server?: ServerOptions;
  /** For events of the HTTP server other than `request`; called before it listens. */
  readonly prepare?: (server: Server) => void;
  readonly clock?: Clock;
  /** Connections come from there, and no port is opened. */
  readonly arrivals?: Arrivals;
}

/** Connections that another process accepts for this one. */
export interface Arrivals {
  /** On which they were made. */
  readonly port: number;
  /** `take` is called with each, before a byte of it is read. */
  readonly connect: (take: (socket: Socket) => void) => void;
}

/** A bound socket that serves one RequestHandler. */
export interface Listener extends AsyncDisposable {
  readonly host: string;
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Where others reach it: `https://127.0.0.1:8090`. */
  readonly origin: string;
  /** New connections get this certificate and trust; the ones that stand keep theirs. Throws if it is unusable. */
  renewTls(tls: TlsOptions): void;
  /** Connections that are open now. */
  readonly connections: number;
  /**
   * Stops accepting, waits at most `grace` milliseconds (default 0) for answers in flight, then cuts the rest. Idle
   * connections may send one more request for half a second of it, whose answer closes them; with a `grace` of 0
   * they are closed at once.
   */
  close(grace?: number): Promise<void>;
}

/**
 * Against slow clients, in milliseconds: a request's head has 15 s, a whole request 5 min, an idle
 * connection 65 s (more than the usual 60 s of load balancers, so that they are the ones who close).
 */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 32_768,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
  // Finds clients that vanished without a word, which an open watch would otherwise wait for.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
} satisfies ServerOptions;

const TLS_DEFAULTS: TlsOptions = {
  minVersion: "TLSv1.2",
  ALPNProtocols: ["http/1.1"],
  handshakeTimeout: 10_000,
};

/** How often a draining server looks for connections that have become idle. */
const DRAIN_INTERVAL = 25;

/**
 * How long a draining server lets idle connections be: a request may be on its way already, and a caller that gets
 * no answer cannot know whether it was served.
 */
const LAST_REQUEST = 500;

/** Node refuses a longer time for the head than for the whole request, of which 0 is no limit. */
function limitsOf(given: ServerOptions = {}): ServerOptions {
  const limits = { ...LIMITS, ...given };
  const { headersTimeout = LIMITS.headersTimeout, requestTimeout = LIMITS.requestTimeout } = limits;
  return requestTimeout === 0
    ? limits
    : { ...limits, headersTimeout: Math.min(headersTimeout, requestTimeout) };
}

/** Binds; rejects with a Failure that names host, port and setting. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const server = createServer(limitsOf(options.server), options.handler);
  options.prepare?.(server);
  const tls = options.tls ? createTlsServer({ ...TLS_DEFAULTS, ...options.tls }) : undefined;
  if (tls) options.prepareTls?.(tls);
  const entrance = tls ? putInFront(tls, server, options) : undefined;
  if (options.arrivals) takeArrivals(server, options.arrivals);
  else await bind(server, options);
  return new BoundListener(server, options, { tls, entrance });
}

/**
 * Connections reach the HTTP server only after their handshake. The HTTP server is still the one that
 * listens, because it starts its checks of slow requests only then.
 */
function putInFront(tls: TlsServer, server: Server, options: ListenerOptions): FirstByteSwitch {
  const [serve] = server.listeners("connection");
  const serveNow = (socket: Socket) => {
    serve?.call(server, socket);
  };
  tls.on("secureConnection", serveNow);
  const shakeHands = (socket: Socket) => {
    // An HTTP server's sockets may be half open; a handshake whose client has ended must end too.
    socket.allowHalfOpen = false;
    tls.emit("connection", socket);
  };
  const entrance = new FirstByteSwitch({
    tls: shakeHands,
    plain: options.alsoPlain === true ? serveNow : refusePlain,
    patience: options.server?.headersTimeout ?? LIMITS.headersTimeout,
    clock: options.clock ?? systemClock,
  });
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (options.admit?.(socket) === false) socket.destroy();
    else entrance.take(socket);
  });
  return entrance;
}

/** Whoever forgot the `s` of https:// gets told so. */
function refusePlain(socket: Socket): void {
  socket.on("error", () => {});
  const text = "This port speaks TLS: use https://\n";
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${text}`, () => socket.destroy());
}

/** What a server does of itself with connections that it accepts. */
function takeArrivals(server: Server, { connect }: Arrivals): void {
  // Begins the checks of slow requests.
  server.emit("listening");
  connect((socket) => {
    socket.allowHalfOpen = true;
    socket.setNoDelay(LIMITS.noDelay);
    socket.setKeepAlive(LIMITS.keepAlive, LIMITS.keepAliveInitialDelay);
    server.emit("connection", socket);
  });
}

/** A server may say that it is closed a moment before its last socket does. */
async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}

/** Node then says `Connection: close`, and closes. */
function answerLast(_request: unknown, response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

interface InFront {
  readonly tls: TlsServer | undefined;
  readonly entrance: FirstByteSwitch | undefined;
}

class BoundListener implements Listener {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #inFront: InFront;
  readonly #clock: Clock;
  readonly #tls: TlsOptions;
  /** Every accepted socket: also those that the HTTP server does not know yet or no more (upgrades). */
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | undefined;

  constructor(server: Server, options: ListenerOptions, inFront: InFront) {
    this.host = options.host;
    this.port = options.arrivals?.port ?? (server.address() as AddressInfo).port;
    this.#server = server;
    this.#inFront = inFront;
    this.#clock = options.clock ?? systemClock;
    this.#tls = { ...TLS_DEFAULTS, ...options.tls };
    server.prependListener("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  get origin(): string {
    return originOf(this.#inFront.tls ? "https" : "http", this);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  renewTls(tls: TlsOptions): void {
    // What is not said again would fall back to Node's defaults: versions, options, trusted authorities.
    this.#inFront.tls?.setSecureContext({ ...this.#tls, ...tls });
  }

  close(grace = 0): Promise<void> {
    return (this.#closed ??= this.#drain(grace));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #drain(grace: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // The HTTP server's own `close` cuts idle connections at once.
    NetServer.prototype.close.call(this.#server, () => resolve());
    for (const event of ["request", "checkContinue"]) this.#server.prependListener(event, answerLast);
    this.#inFront.entrance?.close();
    let check: Disposable | undefined;
    // A connection whose last answer has just ended is idle, but Node closes it only when asked again.
    const closeIdle = () => {
      this.#server.closeIdleConnections();
      check = this.#clock.after(DRAIN_INTERVAL, closeIdle);
    };
    if (grace === 0) closeIdle();
    else check = this.#clock.after(Math.min(grace, LAST_REQUEST), closeIdle);
    using _ = this.#clock.after(grace, () => this.#cut());
    await promise;
    // Those that have arrived from elsewhere are none of the server's own.
    await Promise.all([...this.#sockets].map(closed));
    check?.[Symbol.dispose]();
    // Ends Node's check of slow requests, which went on meanwhile.
    this.#server.close();
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
