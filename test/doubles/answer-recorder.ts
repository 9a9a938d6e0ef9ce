import type { FlatHeaders } from "../../src/http/flat-headers.ts";
import type {
  ForwardedRequest,
  OutgoingRequest,
  ResponseReceiver,
} from "../../src/outbound/outgoing-request.ts";

/** What sends a request, such as a pool. */
export interface Forwarder {
  forward(request: OutgoingRequest, receiver: ResponseReceiver): ForwardedRequest;
}

/** A receiver that keeps what it is told. */
export class AnswerRecorder implements ResponseReceiver {
  /** Names of the calls in their order; runs of `received` count as one. */
  readonly events: string[] = [];
  readonly informational: number[] = [];
  status: number | undefined;
  headers: FlatHeaders = [];
  trailers: FlatHeaders = [];
  error: (Error & { readonly code?: string }) | undefined;
  /** How many bytes of the body have come. */
  size = 0;
  readonly #chunks: Buffer[] = [];
  readonly #over = Promise.withResolvers<this>();
  readonly #started = Promise.withResolvers<this>();
  #request: ForwardedRequest | undefined;

  /** Sends a request whose answer is recorded. */
  static send(pool: Forwarder, request: Partial<OutgoingRequest> = {}): AnswerRecorder {
    return new AnswerRecorder().send(pool, request);
  }

  send(pool: Forwarder, request: Partial<OutgoingRequest> = {}): this {
    this.#request = pool.forward(
      { method: "GET", path: "/", headers: ["Host", "target.test"], body: undefined, ...request },
      this,
    );
    return this;
  }

  /** Resolves when the head of the answer has come. */
  get begun(): Promise<this> {
    return this.#started.promise;
  }

  /** Resolves when there is nothing more to come: with the whole answer, or with an error. */
  get over(): Promise<this> {
    return this.#over.promise;
  }

  get body(): string {
    return Buffer.concat(this.#chunks).toString("latin1");
  }

  abort(): void {
    this.#request?.abort();
  }

  resume(): void {
    this.#request?.resume();
  }

  informed(status: number): void {
    this.events.push("informed");
    this.informational.push(status);
  }

  started(status: number, headers: FlatHeaders): void {
    this.events.push("started");
    this.status = status;
    this.headers = headers;
    this.#started.resolve(this);
  }

  received(chunk: Buffer): boolean {
    if (this.events.at(-1) !== "received") this.events.push("received");
    this.size += chunk.length;
    this.#chunks.push(chunk);
    return true;
  }

  ended(trailers: FlatHeaders): void {
    this.events.push("ended");
    this.trailers = trailers;
    this.#over.resolve(this);
  }

  failed(error: Error): void {
    this.events.push("failed");
    this.error = error;
    this.#over.resolve(this);
  }
}
