import type {
  ForwardedRequest,
  HttpVersion,
  OutgoingRequest,
  ResponseReceiver,
} from "../outgoing-request.ts";
import type { TargetPool } from "../target-pool.ts";
import { TransportError } from "../transport-error.ts";

export interface WaitingOptions {
  readonly request: OutgoingRequest;
  readonly receiver: ResponseReceiver;
  /** Only a connection that was opened after so many others will do. */
  readonly behind: number;
  /** It waits no more. */
  readonly left: (waiting: WaitingRequest) => void;
}

/** A request for which a connection is being opened. */
export class WaitingRequest implements ForwardedRequest {
  readonly #options: WaitingOptions;
  #sent: ForwardedRequest | undefined;

  constructor(options: WaitingOptions) {
    this.#options = options;
    // It may break off before there is a connection.
    this.#stream?.on("error", this.fail).on("close", this.#closed);
  }

  get behind(): number {
    return this.#options.behind;
  }

  get protocol(): HttpVersion | undefined {
    return this.#sent?.protocol;
  }

  sendOver(pool: Pick<TargetPool, "forward">): void {
    this.#leave();
    const { request, receiver } = this.#options;
    this.#sent = pool.forward(request, receiver);
  }

  readonly fail = (error: Error): void => {
    this.#drop();
    this.#options.receiver.failed(error);
  };

  abort(): void {
    if (this.#sent) this.#sent.abort();
    else this.#drop();
  }

  resume(): void {
    this.#sent?.resume();
  }

  get #stream() {
    const { body } = this.#options.request;
    return body === undefined || Buffer.isBuffer(body) ? undefined : body;
  }

  #drop(): void {
    this.#leave();
    this.#stream?.on("error", () => {}).destroy();
  }

  #leave(): void {
    this.#options.left(this);
    this.#stream?.off("error", this.fail).off("close", this.#closed);
  }

  readonly #closed = (): void => {
    // One that has ended is read from memory.
    if (this.#stream?.readableEnded === false) {
      this.fail(new TransportError("REQUEST_LENGTH_MISMATCH", "the body broke off"));
    }
  };
}
