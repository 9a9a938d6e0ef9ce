import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { FlatHeaders } from "../http/flat-headers.ts";

/** A body that is streamed. */
export interface BodyStream extends Readable {
  /** A piece of it has left, and whoever sent it does not need its memory any more. */
  release?(piece: Buffer): void;
}

/** One request to a target, in plain values. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, exactly as they are to stand on the wire. */
  readonly path: string;
  /** Flat name, value list without hop-by-hop names; `Content-Length` where the length is known. */
  readonly headers: FlatHeaders;
  readonly body: Buffer | BodyStream | undefined;
  /** Over a connection that is opened for it: after one that was dead, others as old may be dead too. */
  readonly freshConnection?: boolean;
  /** Asks for another protocol on the connection, which is opened for it; such a request has no body. */
  readonly upgrade?: UpgradeOffer | undefined;
}

export interface UpgradeOffer {
  /** `websocket`, or a name and a version with a slash between them (RFC 9110 §7.8). */
  readonly protocol: string;
  /**
   * The target has switched to that protocol. Its connection, with whatever came behind the head of its answer, is
   * paused and belongs to the one who is called; the receiver hears nothing more.
   */
  readonly switched: (headers: FlatHeaders, connection: Socket) => void;
}

/** As OpenTelemetry names them. */
export type HttpVersion = "1.1" | "2";

/** Who receives the answer. Calls come in this order; after `ended` or `failed` there is none. */
export interface ResponseReceiver {
  /** An informational answer (1xx); there may be none or many. */
  informed(status: number, headers: FlatHeaders): void;
  /** The final status and headers. */
  started(status: number, headers: FlatHeaders): void;
  /**
   * A piece that is the receiver's to keep until it calls `release`, which it need not. Answers false to stop
   * the flow until `resume`.
   */
  received(chunk: Buffer, release: () => void): boolean;
  ended(trailers: FlatHeaders): void;
  failed(error: Error): void;
}

/** Holds an exchange from outside. */
export interface ForwardedRequest {
  /** The version of HTTP that is spoken; undefined where that is not known yet. */
  readonly protocol: HttpVersion | undefined;
  /** Frees the connection; the receiver hears nothing more. Does nothing once the exchange has ended. */
  abort(): void;
  resume(): void;
}
