import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { FlatHeaders } from "../http/flat-headers.ts";

/** One request to a target, in plain values. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, exactly as they are to stand on the wire. */
  readonly path: string;
  /** Without hop-by-hop names; `Content-Length` where the length is known. */
  readonly headers: string[];
  readonly body: Buffer | Readable | undefined;
}

/** Who receives the answer. Calls come in this order; after `ended` or `failed` there is none. */
export interface ResponseReceiver {
  /** An informational answer (1xx); there may be none or many. */
  informed(status: number, headers: FlatHeaders): void;
  /** The final status and headers. */
  started(status: number, headers: string[]): void;
  /** Answers false to stop the flow until `resume`. */
  received(chunk: Buffer): boolean;
  ended(trailers: string[]): void;
  failed(error: Error): void;
}

/** Holds the exchange from outside. */
export interface ForwardedRequest {
  /** Frees the connection; the receiver hears nothing more. Does nothing once the exchange has ended. */
  abort(): void;
  resume(): void;
}

/** Sends one request over a dispatcher of `connections.ts` and hands the answer on as it comes. */
export function forward(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  receiver: ResponseReceiver,
): ForwardedRequest {
  const exchange = new Exchange(receiver);
  try {
    dispatcher.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: request.path,
        headers: request.headers,
        body: request.body ?? null,
      },
      exchange,
    );
  } catch (error) {
    // undici throws what it refuses before it sends, such as a header value with a line break.
    exchange.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
  }
  return exchange;
}

class Exchange implements Dispatcher.DispatchHandler, ForwardedRequest {
  readonly #receiver: ResponseReceiver;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;

  constructor(receiver: ResponseReceiver) {
    this.#receiver = receiver;
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error("aborted"));
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it waited for a connection: nothing is sent.
    if (this.#over) controller.abort(new Error("aborted"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.#over) return;
    const headers = latin1Headers(controller.rawHeaders);
    if (status < 200) this.#receiver.informed(status, headers);
    else this.#receiver.started(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over && !this.#receiver.received(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.ended(latin1Headers(controller.rawTrailers));
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.failed(error);
  }
}

/** Header bytes are Latin-1 on the wire; anything else would change values on the way through. */
function latin1Headers(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  const flat: string[] = [];
  if (!Array.isArray(raw)) return flat;
  for (const item of raw) flat.push(typeof item === "string" ? item : item.toString("latin1"));
  return flat;
}
