import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import type { AnswerHead } from "./answer-head.ts";
import { AnswerParser, type AnswerEvents } from "./answer-parser.ts";
import { BodyWriter } from "./body-writer.ts";
import type { Http1Connection } from "./connection.ts";
import { Http1Error } from "./failures.ts";
import { serialiseHead, type SerialisedHead } from "./request-head.ts";

/** One request and its answer, from the wait for a connection to the last byte. */
export class Http1Exchange implements ForwardedRequest, AnswerEvents {
  readonly #request: OutgoingRequest;
  readonly #receiver: ResponseReceiver;
  readonly #parser: AnswerParser;
  #connection: Http1Connection | undefined;
  #writer: BodyWriter | undefined;
  #requestSent = false;
  #answered = false;
  #reusable = false;
  #over = false;

  constructor(request: OutgoingRequest, receiver: ResponseReceiver) {
    this.#request = request;
    this.#receiver = receiver;
    this.#parser = new AnswerParser(this, request.method === "HEAD");
  }

  /** Aborted or failed before it had a connection: nothing is to be sent. */
  get over(): boolean {
    return this.#over;
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#release(false);
  }

  resume(): void {
    if (!this.#over) this.#connection?.socket.resume();
  }

  /** Sends the request over a connection that is free. */
  run(connection: Http1Connection): void {
    this.#connection = connection;
    let head: SerialisedHead;
    try {
      head = serialiseHead(this.#request);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    const { body } = this.#request;
    const { socket } = connection;
    if (body === undefined || Buffer.isBuffer(body)) {
      if (body) socket.cork();
      socket.write(head.text, "latin1");
      if (body) {
        socket.write(body);
        socket.uncork();
      }
      this.#requestSent = true;
      return;
    }
    socket.write(head.text, "latin1");
    const done = () => this.#sent();
    const failed = (error: Error) => this.fail(error);
    this.#writer = new BodyWriter({ socket, body, length: head.bodyLength, done, failed });
  }

  /** Bytes of the answer. */
  take(bytes: Buffer): void {
    try {
      // What follows the answer belongs to no request: a connection that says more is not used again.
      if (this.#parser.take(bytes)) this.#reusable = false;
    } catch (error) {
      this.fail(error as Error);
    }
    if (this.#answered) this.#complete();
  }

  /** The target closed the connection. */
  closed(error: Error | undefined): void {
    if (this.#over) return;
    try {
      if (error) throw error;
      this.#parser.end();
      this.#complete();
    } catch (cause) {
      this.fail(cause as Error);
    }
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    const stale = this.#connection?.reused === true && !this.#connection.answering;
    this.#release(false);
    this.#receiver.failed(stale ? new StaleConnection(error) : error);
  }

  informed(status: number, headers: string[]): void {
    if (!this.#over) this.#receiver.informed(status, headers);
  }

  started(head: AnswerHead): void {
    this.#reusable = head.keepAlive && !mayCarryBody(head);
    this.#connection?.keepsFor(head.keepAliveTimeout);
    if (!this.#over) this.#receiver.started(head.status, head.headers);
  }

  data(piece: Buffer): void {
    // The read buffer is used again for the next read, of any connection.
    if (!this.#over && !this.#receiver.received(Buffer.from(piece))) this.#connection?.socket.pause();
  }

  ended(trailers: string[]): void {
    this.#answered = true;
    if (!this.#over) this.#receiver.ended(trailers);
  }

  #sent(): void {
    this.#requestSent = true;
    this.#writer = undefined;
  }

  /** The answer is complete. With a request that is not, the connection cannot be used again. */
  #complete(): void {
    if (this.#over) return;
    this.#over = true;
    this.#release(this.#reusable && this.#requestSent);
  }

  #release(reusable: boolean): void {
    this.#writer?.stop();
    const { body } = this.#request;
    if (!this.#connection && body && !Buffer.isBuffer(body)) body.on("error", () => {}).destroy();
    this.#connection?.release(reusable);
  }
}

/**
 * A connection that had served before was closed before any byte of an answer: the target closed it while
 * it was idle and has most likely not seen the request.
 */
export class StaleConnection extends Http1Error {
  constructor(cause: Error) {
    super("CLOSED_BEFORE_ANSWER", "a kept-alive connection was closed", { cause });
  }
}

/**
 * 204 and 304 have no body, but a server that names a length or a coding may send one all the same, and it
 * would be read as the answer to the next request.
 */
function mayCarryBody({ status, contentLength = 0, chunked }: AnswerHead): boolean {
  return (status === 204 || status === 304) && (contentLength > 0 || chunked);
}
