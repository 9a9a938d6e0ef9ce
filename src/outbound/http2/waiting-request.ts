import type {
  ForwardedRequest,
  HttpVersion,
  OutgoingRequest,
  ResponseReceiver,
} from "../outgoing-request.ts";
import type { TargetPool } from "../target-pool.ts";
import { TransportError } from "../transport-error.ts";

/** A request for which a connection is being opened. */
export class WaitingRequest implements ForwardedRequest {
  readonly #request: OutgoingRequest;
  readonly #receiver: ResponseReceiver;
  readonly #left: (waiting: WaitingRequest) => void;
  #sent: ForwardedRequest | undefined;

  /** `left`: it waits no more. */
  constructor(request: OutgoingRequest, receiver: ResponseReceiver, left: (waiting: WaitingRequest) => void) {
    this.#request = request;
    this.#receiver = receiver;
    this.#left = left;
    // It may break off before there is a connection.
    this.#stream?.on("error", this.fail).on("close", this.#closed);
  }

  get protocol(): HttpVersion | undefined {
    return this.#sent?.protocol;
  }

  sendOver(pool: Pick<TargetPool, "forward">): void {
    this.#leave();
    this.#sent = pool.forward(this.#request, this.#receiver);
  }

  readonly fail = (error: Error): void => {
    this.#drop();
    this.#receiver.failed(error);
  };

  abort(): void {
    if (this.#sent) this.#sent.abort();
    else this.#drop();
  }

  resume(): void {
    this.#sent?.resume();
  }

  get #stream() {
    const { body } = this.#request;
    return body === undefined || Buffer.isBuffer(body) ? undefined : body;
  }

  #drop(): void {
    this.#leave();
    this.#stream?.on("error", () => {}).destroy();
  }

  #leave(): void {
    this.#left(this);
    this.#stream?.off("error", this.fail).off("close", this.#closed);
  }

  readonly #closed = (): void => {
    // One that has ended is read from memory.
    if (this.#stream?.readableEnded === false) {
      this.fail(new TransportError("REQUEST_LENGTH_MISMATCH", "the body broke off"));
    }
  };
}
