import type { Socket } from "node:net";
import type {
  ForwardedRequest,
  OutgoingRequest,
  ResponseReceiver,
  UpgradeOffer,
} from "../outgoing-request.ts";
import type { AnswerHead } from "./answer-head.ts";
import { AnswerParser, type AnswerEvents } from "./answer-parser.ts";
import { BodyWriter } from "../body-writer.ts";
import type { Http1Connection } from "./connection.ts";
import { copiedPiece, ownPiece } from "./piece.ts";
import { TransportError } from "../transport-error.ts";
import { StaleConnection } from "../stale-connection.ts";
import { serialiseHead, type ProxiedHead, type SerialisedHead } from "./request-head.ts";

/**
 * One request and its answer, from the wait for a connection to the last byte. A receiver that throws is told
 * its own exception through `failed`, and its connection is closed.
 */
export class Http1Exchange implements ForwardedRequest, AnswerEvents {
  readonly #receiver: ResponseReceiver;
  readonly #parser: AnswerParser;
  readonly #toHead: boolean;
  readonly #head: SerialisedHead;
  readonly #body: Buffer | undefined;
  readonly #writer: BodyWriter | undefined;
  readonly #upgrade: UpgradeOffer | undefined;
  #connecting: AbortController | undefined;
  #connection: Http1Connection | undefined;
  #requestSent = false;
  #answered = false;
  #reusable = false;
  #over = false;

  /** Throws TransportError for a request that cannot be sent. */
  constructor(request: OutgoingRequest, receiver: ResponseReceiver, proxied: ProxiedHead | undefined) {
    const { method, body, upgrade } = request;
    this.#head = serialiseHead(request, proxied);
    this.#receiver = receiver;
    this.#toHead = method === "HEAD";
    this.#upgrade = upgrade;
    this.#parser = new AnswerParser(this, this.#toHead, upgrade?.protocol);
    if (body === undefined || Buffer.isBuffer(body)) this.#body = body;
    else {
      this.#writer = new BodyWriter({
        body,
        length: this.#head.bodyLength,
        chunked: this.#head.bodyLength === undefined,
        done: () => (this.#requestSent = true),
        failed: (error) => this.fail(error),
      });
    }
  }

  get protocol(): "1.1" {
    return "1.1";
  }

  /** Aborted or failed: nothing is to be sent any more. */
  get over(): boolean {
    return this.#over;
  }

  /** It asks for another protocol, and its connection serves nothing else. */
  get upgrades(): boolean {
    return this.#upgrade !== undefined;
  }

  /** What ends the opening of its connection. */
  waitsFor(connecting: AbortController): void {
    this.#connecting = connecting;
  }

  abort(): void {
    if (this.#over || this.#answered) return;
    this.#over = true;
    this.#release(false);
  }

  resume(): void {
    if (!this.#over) this.#connection?.socket.resume();
  }

  /** Sends the request over a connection that is free. */
  run(connection: Http1Connection): void {
    this.#connecting = undefined;
    this.#connection = connection;
    const { socket } = connection;
    if (this.#body) writeTogether(socket, this.#head.text, this.#body);
    else socket.write(this.#head.text, "latin1");
    if (this.#writer) this.#writer.start(socket);
    else this.#requestSent = true;
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

  /** The connection is closed: with an error, or because the target said that it sends nothing more. */
  closed(error: Error | undefined): void {
    if (this.#over) return;
    try {
      if (error) throw error;
      this.#parser.end();
      this.#complete();
    } catch (cause) {
      this.fail(this.#isStale(cause) ? new StaleConnection(cause as Error) : (cause as Error));
    }
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#release(false);
    this.#receiver.failed(error);
  }

  informed(status: number, headers: string[]): void {
    if (!this.#over) this.#receiver.informed(status, headers);
  }

  started(head: AnswerHead): void {
    this.#reusable = head.keepAlive && !this.upgrades && !this.#mayBringUnsaidBody(head);
    this.#connection?.keepsFor(head.keepAliveTimeout);
    if (!this.#over) this.#receiver.started(head.status, head.headers);
  }

  switched({ headers }: AnswerHead, rest: Buffer): void {
    const connection = this.#connection;
    if (this.#over || !connection || !this.#upgrade) return;
    this.#over = true;
    const socket = connection.handOver(rest);
    try {
      this.#upgrade.switched(headers, socket);
    } catch (error) {
      socket.destroy();
      this.#receiver.failed(error as Error);
    }
  }

  data(piece: Buffer): void {
    const connection = this.#connection;
    if (this.#over || !connection) return;
    // A shared read buffer is used again for the next read, of any connection.
    const { bytes, release } = connection.sharesBuffer ? copiedPiece(piece) : ownPiece(piece);
    // The receiver may have aborted meanwhile, and a socket that is closed is not paused.
    if (!this.#receiver.received(bytes, release) && !this.#over) connection.socket.pause();
  }

  ended(trailers: string[]): void {
    this.#answered = true;
    if (!this.#over) this.#receiver.ended(trailers);
  }

  /** The target has closed a kept connection, and it was not the gateway that did. */
  #isStale(cause: unknown): boolean {
    const connection = this.#connection;
    if (!connection?.reused || connection.answering) return false;
    return !(cause instanceof TransportError && cause.code === "CONNECTIONS_CLOSED");
  }

  /**
   * Answers to HEAD, 204 and 304 have no body, but a server that names a length or a coding may send one all
   * the same, and it would be read as the answer to the next request.
   */
  #mayBringUnsaidBody({ status, contentLength = 0, chunked }: AnswerHead): boolean {
    return (this.#toHead || status === 204 || status === 304) && (contentLength > 0 || chunked);
  }

  /** The answer is complete. With a request that is not, the connection cannot be used again. */
  #complete(): void {
    if (this.#over) return;
    this.#over = true;
    this.#release(this.#reusable && this.#requestSent);
  }

  #release(reusable: boolean): void {
    this.#writer?.stop();
    this.#connecting?.abort();
    this.#connection?.release(reusable);
  }
}

/** In one write, where the system takes as much. */
function writeTogether(socket: Socket, head: string, body: Buffer): void {
  socket.cork();
  socket.write(head, "latin1");
  socket.write(body);
  socket.uncork();
}
