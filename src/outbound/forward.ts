import type { Dispatcher } from "undici";
import type { FlatHeaders } from "../http/flat-headers.ts";
import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "./outgoing-request.ts";

export interface DispatchedRequest extends OutgoingRequest {
  /** `https://host:port`; a dispatcher that goes through a proxy does not know it otherwise. */
  readonly origin: string;
}

/** Sends one request over a dispatcher of `connections.ts` and hands the answer on as it comes. */
export function forward(
  dispatcher: Dispatcher,
  request: DispatchedRequest,
  receiver: ResponseReceiver,
): ForwardedRequest {
  const exchange = new Exchange(receiver);
  try {
    dispatcher.dispatch(
      {
        origin: request.origin,
        method: request.method,
        path: request.path,
        headers: grouped(request.headers),
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

/** By name, because undici's proxy dispatcher keeps only the last of several in a flat list. */
function grouped(headers: FlatHeaders): Record<string, string[]> {
  const byName = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index < headers.length; index += 2) {
    (byName[headers[index] ?? ""] ??= []).push(headers[index + 1] ?? "");
  }
  return byName;
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
