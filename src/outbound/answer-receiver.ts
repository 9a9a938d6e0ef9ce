import { reasonOf } from "../core/failures.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import type { ForwardedRequest, ResponseReceiver } from "./outgoing-request.ts";
import { isEgressRefusal, isLostConnection, transportReason } from "./transport-reason.ts";

export interface ExchangeAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: FlatHeaders;
  /** Empty when it was discarded. */
  readonly body: Buffer;
}

/** No answer, or not a whole one. The reason holds no secret and no address. */
export interface ExchangeFailure {
  readonly kind: "no-answer";
  /** `body`: status and headers had come. */
  readonly phase: "request" | "body";
  readonly reason: string;
  /** The connection went away under the request, through no fault of the request. */
  readonly connectionLost: boolean;
  /** It was not sent, because the egress policy forbids where to. */
  readonly refusedByPolicy: boolean;
}

export interface AnswerOptions {
  /** Its reason is told as the reason of the failure. */
  readonly signal: AbortSignal;
  readonly maxResponseBytes: number;
  /** Whether nobody wants the body of such an answer. */
  readonly discards: (status: number, headers: FlatHeaders) => boolean;
}

/** More of an unwanted body than this is not worth the connection that reading it would save. */
const DISCARDED_BYTES = 64 * 1024;

/** Collects one answer into `answer`. */
export class AnswerReceiver implements ResponseReceiver {
  readonly answer: Promise<ExchangeAnswer | ExchangeFailure>;
  readonly #options: AnswerOptions;
  readonly #chunks: Buffer[] = [];
  #settle: (answer: ExchangeAnswer | ExchangeFailure) => void = () => {};
  #sent: ForwardedRequest | undefined;
  #status = 0;
  #headers: FlatHeaders = [];
  #phase: "request" | "body" = "request";
  #discards = false;
  #size = 0;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.answer = new Promise((resolve) => (this.#settle = resolve));
    options.signal.addEventListener("abort", this.#expire, { once: true });
  }

  /** What can be aborted when the deadline passes or the answer grows too large. */
  belongsTo(sent: ForwardedRequest): void {
    this.#sent = sent;
  }

  informed(): void {}

  started(status: number, headers: FlatHeaders): void {
    this.#phase = "body";
    this.#status = status;
    this.#headers = headers;
    this.#discards = this.#options.discards(status, headers);
    // The signal goes on watching, so that a body that never ends does not hold its connection for ever.
    if (this.#discards) this.#settle(this.#whole());
  }

  received(chunk: Buffer): boolean {
    this.#size += chunk.length;
    const limit = this.#discards ? DISCARDED_BYTES : this.#options.maxResponseBytes;
    if (this.#size > limit) this.#cut(`the answer is larger than ${limit} bytes`);
    else if (!this.#discards) this.#chunks.push(chunk);
    return true;
  }

  ended(): void {
    this.#finish(this.#whole());
  }

  failed(error: Error): void {
    // The error itself goes no further: those of sockets hold addresses.
    this.#finish({
      kind: "no-answer",
      phase: this.#phase,
      reason: transportReason(error),
      connectionLost: isLostConnection(error),
      refusedByPolicy: isEgressRefusal(error),
    });
  }

  readonly #expire = (): void => this.#cut(reasonOf(this.#options.signal.reason));

  #cut(reason: string): void {
    this.#sent?.abort();
    const phase = this.#phase;
    this.#finish({ kind: "no-answer", phase, reason, connectionLost: false, refusedByPolicy: false });
  }

  #finish(answer: ExchangeAnswer | ExchangeFailure): void {
    this.#options.signal.removeEventListener("abort", this.#expire);
    this.#settle(answer);
  }

  #whole(): ExchangeAnswer {
    const body = Buffer.concat(this.#chunks);
    return { kind: "answer", status: this.#status, headers: this.#headers, body };
  }
}
