import {
  connect,
  constants,
  sensitiveHeaders,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Settings,
} from "node:http2";
import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import { TransportError } from "../transport-error.ts";
import { connectionFailure, givenUp } from "./connection-failure.ts";
import { UnprocessedRequest } from "../unprocessed-request.ts";
import { Http2Exchange, type ExchangeConnection } from "./exchange.ts";
import { requestFields } from "./request-fields.ts";
import type { ClosedStream } from "./stream-failure.ts";

export interface Http2ConnectionOptions {
  /** `http://host:port` as `URL.origin` writes it. */
  readonly origin: string;
  /** Counts the connections of its pool from 1. */
  readonly number: number;
  /** There is room for another request, which there was not before. */
  readonly free: () => void;
  /** The target takes such requests over HTTP/1.1 alone (RFC 9113 §7, HTTP_1_1_REQUIRED). */
  readonly wantsHttp1: () => void;
  readonly closed: (connection: Http2Connection) => void;
  readonly clock: Clock;
}

/** What we announce. A stream holds back what is not read, so this much may wait in memory for each. */
const SETTINGS: Settings = {
  enablePush: false,
  initialWindowSize: 256 * 1024,
  maxHeaderListSize: 64 * 1024,
};
const CONNECTION_WINDOW = 1024 * 1024;

/**
 * Megabytes. Each of the streams may have two pieces of a body waiting; with more than this Node would reset streams,
 * and what it has by itself is too little for a hundred uploads.
 */
const SESSION_MEMORY = 256;

/** Fields of an answer; their bytes are limited apart from that. */
const MAX_FIELDS = 1000;

/** So many requests share what happens to one connection; one more goes over another. */
const MOST_STREAMS = 250;

/** Stream ids end at 2³¹, and only the odd ones are ours (RFC 9113 §5.1.1). */
const MOST_REQUESTS = 2 ** 30 - 1;

/** Milliseconds after which a connection that was quiet is asked whether it is still there. */
const QUIET = 10_000;

/** While answers are waited for and nothing comes. More often than every 5 minutes is taken amiss by servers of gRPC. */
const KEEPALIVE = 6 * 60_000;

/** Milliseconds that the answer to a PING may take, and after which nothing more is sent before it has come. */
const PING_TIMEOUT = 10_000;
const PING_DOUBT = 1000;

/** One connection to a target over which many requests go at a time. */
export class Http2Connection implements ExchangeConnection {
  readonly #options: Http2ConnectionOptions;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  readonly #scheme: string;
  #limit = 0;
  #streams = 0;
  #requests = 0;
  /** It has looked at no stream behind this one. */
  #lastStream = Number.POSITIVE_INFINITY;
  #error: Error | undefined;
  #heardAt: number;
  #idleSince: number;
  #pingedAt: number | undefined;
  #pingTimer: Disposable | undefined;

  /** Over a connection that speaks HTTP/2, once the target has said so itself. Rejects if it does not. */
  static async open(
    socket: Socket,
    options: Http2ConnectionOptions,
    signal: AbortSignal,
  ): Promise<Http2Connection> {
    const connection = new Http2Connection(socket, options);
    await connection.#greeted(signal);
    return connection;
  }

  private constructor(socket: Socket, options: Http2ConnectionOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#scheme = options.origin.startsWith("https:") ? "https" : "http";
    this.#heardAt = this.#idleSince = options.clock.monotonic();
    this.#session = connect(options.origin, {
      createConnection: () => socket,
      settings: SETTINGS,
      maxHeaderListPairs: MAX_FIELDS,
      // White space around a value is no reason to lose the header: it is taken off.
      strictFieldWhitespaceValidation: false,
      // As in HTTP/1.1, what a caller sends twice is for the target to judge; and how much it sends.
      ...{ strictSingleValueFields: false },
      maxSessionMemory: SESSION_MEMORY,
      maxSendHeaderBlockLength: 1024 * 1024,
    });
    this.#session
      .on("remoteSettings", ({ maxConcurrentStreams = MOST_STREAMS }) => {
        this.#limit = Math.min(maxConcurrentStreams, MOST_STREAMS);
        this.#options.free();
      })
      .on("goaway", (code, lastStream) => {
        this.#lastStream = lastStream;
        // Node closes the session for new streams, and with an error ends all of it at once.
        if (code !== constants.NGHTTP2_NO_ERROR) this.#error ??= givenUp();
      })
      .on("error", (error) => this.failed(error))
      // Nothing was asked for that could be pushed.
      .on("stream", (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM))
      .on("close", () => {
        this.#pingTimer?.[Symbol.dispose]();
        this.#options.closed(this);
      });
    // Node does not end a session whose peer has refused the certificate behind the handshake (TLS 1.3).
    socket.on("error", (error) => {
      this.failed(error);
      this.close(error);
    });
  }

  get number(): number {
    return this.#options.number;
  }

  get now(): number {
    return this.#options.clock.monotonic();
  }

  /** Requests that may be sent now. */
  get room(): number {
    const { closed, destroyed } = this.#session;
    if (closed || destroyed || this.#socket.destroyed || this.#isDoubtful) return 0;
    return this.#requests < MOST_REQUESTS ? this.#limit - this.#streams : 0;
  }

  /** Requests that it takes at a time. */
  get limit(): number {
    return this.#limit;
  }

  /** Throws TransportError for what cannot be sent. */
  run(request: OutgoingRequest, receiver: ResponseReceiver): Http2Exchange {
    const fields = requestFields(request, this.#scheme);
    const raw = Object.assign([...fields.fields], { [sensitiveHeaders]: [...fields.secret] });
    const stream = this.#begin(raw, request.body === undefined);
    this.#streams++;
    this.#requests++;
    if (this.now - this.#heardAt > QUIET) this.#ping();
    return new Http2Exchange(this, stream, { request, fields, receiver });
  }

  /** Closes it where it has been idle for `limit` milliseconds, and asks whether it still answers. */
  sweep(limit: number): void {
    if (this.#streams === 0 && this.now - this.#idleSince >= limit) this.#session.close();
    else if (this.#streams > 0 && this.now - this.#heardAt >= KEEPALIVE) this.#ping();
  }

  /** Cuts it. */
  close(error: Error): void {
    this.#error ??= error;
    this.#session.destroy();
    // Who does not answer any more does not close either.
    this.#socket.destroy();
  }

  heard(): void {
    this.#heardAt = this.now;
  }

  givenUp(begun: number): void {
    if (this.#heardAt <= begun) this.#ping();
  }

  failed(error: Error): void {
    this.#error ??= connectionFailure(error, this.#limit > 0);
  }

  stateOf({ id }: ClientHttp2Stream): Omit<ClosedStream, "code" | "answering"> {
    const closing = new TransportError("CLOSED_BEFORE_ANSWER", "the connection was closed");
    return {
      refused: id !== undefined && id > this.#lastStream,
      connectionError: this.#error ?? (this.#session.destroyed ? closing : undefined),
      reused: this.#requests > 1,
    };
  }

  released(code: number): void {
    if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#options.wantsHttp1();
    this.#streams--;
    if (this.#streams === 0) this.#idleSince = this.now;
    this.#options.free();
  }

  #begin(fields: readonly string[], endStream: boolean): ClientHttp2Stream {
    try {
      return this.#session.request(fields, { endStream });
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (/SESSION|STREAMS$/.test(code)) throw new UnprocessedRequest("the connection takes nothing more");
      throw new TransportError("UNSENDABLE_REQUEST", "the header cannot be sent", { cause: error });
    }
  }

  /** A PING has been out for longer than it should: what is sent now may go nowhere. */
  get #isDoubtful(): boolean {
    return this.#pingedAt !== undefined && this.now - this.#pingedAt > PING_DOUBT;
  }

  /** What is sent before the target has said its settings could be more than it takes, or reach something else. */
  async #greeted(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const session = this.#session;
    const closed = () =>
      reject(this.#error ?? new TransportError("CLOSED_BEFORE_ANSWER", "the connection was closed"));
    const aborted = () => this.close(signal.reason as Error);
    session.once("remoteSettings", () => resolve()).once("close", closed);
    signal.addEventListener("abort", aborted);
    if (signal.aborted) aborted();
    try {
      await promise;
      session.setLocalWindowSize(CONNECTION_WINDOW);
    } finally {
      session.off("close", closed);
      signal.removeEventListener("abort", aborted);
    }
  }

  #ping(): void {
    if (this.#pingedAt !== undefined || this.#session.destroyed) return;
    const { clock } = this.#options;
    this.#pingedAt = this.now;
    this.#pingTimer = clock.after(PING_TIMEOUT, () =>
      this.close(new TransportError("PING_TIMEOUT", "the connection does not answer any more")),
    );
    this.#session.ping((error) => {
      this.#pingTimer?.[Symbol.dispose]();
      this.#pingedAt = undefined;
      if (error) return;
      this.heard();
      this.#options.free();
    });
  }
}
