import type { Readable } from "node:stream";
import type { FlatHeaders } from "../http/flat-headers.ts";

/** One request to a target, in plain values. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, exactly as they are to stand on the wire. */
  readonly path: string;
  /** Flat name, value list without hop-by-hop names; `Content-Length` where the length is known. */
  readonly headers: FlatHeaders;
  readonly body: Buffer | Readable | undefined;
}

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
  /** Frees the connection; the receiver hears nothing more. Does nothing once the exchange has ended. */
  abort(): void;
  resume(): void;
}
