import { constants, type ClientHttp2Stream } from "node:http2";
import { BodyWriter } from "../body-writer.ts";
import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "../outgoing-request.ts";
import { answerFields, malformed, trailerFields } from "./answer-fields.ts";
import type { RequestFields } from "./request-fields.ts";
import { streamFailure, type ClosedStream } from "./stream-failure.ts";

/** The connection that an exchange is one of many on. */
export interface ExchangeConnection {
  /** Monotonic milliseconds. */
  readonly now: number;
  /** Something has come over it. */
  heard(): void;
  /** Nobody waits any more for an answer to what was sent at `begun`; perhaps the connection does not answer at all. */
  givenUp(begun: number): void;
  /** A stream was told an error, which may be that of the whole connection. */
  failed(error: Error): void;
  /** What became of it and of this stream, in order to say why there is no answer. */
  stateOf(stream: ClientHttp2Stream): Omit<ClosedStream, "code" | "answering">;
  /** The stream ends with this code, and counts no more. */
  released(code: number): void;
}

/** Informational answers before the final one; more is a mistake or malice. */
const MAX_INFORMED = 64;

const NONE = (): void => {};

/**
 * One stream: a request and its answer. A receiver that throws is told its own exception through `failed`, and the
 * stream is reset.
 */
export class Http2Exchange implements ForwardedRequest {
  readonly #connection: ExchangeConnection;
  readonly #receiver: ResponseReceiver;
  readonly #stream: ClientHttp2Stream;
  readonly #writer: BodyWriter | undefined;
  readonly #begun: number;
  #trailers: readonly string[] = [];
  #informed = 0;
  #answering = false;
  /** END_STREAM has come: the answer is whole. */
  #isWhole = false;
  #over = false;
  #released = false;

  constructor(
    connection: ExchangeConnection,
    stream: ClientHttp2Stream,
    sent: {
      readonly request: OutgoingRequest;
      readonly fields: RequestFields;
      readonly receiver: ResponseReceiver;
    },
  ) {
    const { body } = sent.request;
    this.#connection = connection;
    this.#begun = connection.now;
    this.#stream = stream;
    this.#receiver = sent.receiver;
    this.#listen();
    if (Buffer.isBuffer(body)) stream.end(body);
    else if (body) {
      this.#writer = new BodyWriter({
        body,
        length: sent.fields.bodyLength,
        chunked: false,
        done: () => void stream.end(),
        failed: (error) => this.#fail(error),
      });
      this.#writer.start(stream);
    }
  }

  get protocol(): "2" {
    return "2";
  }

  abort(): void {
    if (this.#over) return;
    this.#cancel();
    this.#connection.givenUp(this.#begun);
  }

  resume(): void {
    if (!this.#over) this.#stream.resume();
  }

  #listen(): void {
    const stream = this.#stream;
    this.#watchEnd();
    stream.on("headers", (_, __, fields) => this.#guard(() => this.#takeInformation(fields)));
    stream.on("response", (_, __, fields) => this.#guard(() => this.#takeHead(fields)));
    stream.on("trailers", (_, __, fields) =>
      this.#guard(() => (this.#trailers = trailerFields(fields ?? []))),
    );
    stream.on("data", (chunk: Buffer) => this.#guard(() => this.#takeData(chunk)));
    stream.on("end", () => this.#guard(() => this.#ended()));
    // Told by its code when it closes, if it is this stream's own.
    stream.on("error", (error) => this.#connection.failed(error));
    stream.on("close", () => this.#closed());
  }

  /**
   * Node ends the body of a stream that was reset with NO_ERROR or CANCEL as if it were whole. What a target has cut
   * off must not pass for complete, so the two are told apart here, where they still differ: on END_STREAM the stream
   * is not closed yet when its body is ended.
   */
  #watchEnd(): void {
    const stream = this.#stream;
    const push = stream.push.bind(stream);
    stream.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
      if (chunk === null && !stream.closed) this.#isWhole = true;
      return push(chunk, encoding);
    };
  }

  #takeInformation(fields: readonly string[] | undefined): void {
    const { status, headers } = answerFields(fields ?? []);
    if (++this.#informed > MAX_INFORMED) throw malformed("too many informational answers");
    this.#receiver.informed(status, headers);
  }

  #takeHead(fields: readonly string[] | undefined): void {
    const { status, headers } = answerFields(fields ?? []);
    this.#answering = true;
    this.#receiver.started(status, headers);
  }

  #takeData(chunk: Buffer): void {
    if (!this.#receiver.received(chunk, NONE) && !this.#over) this.#stream.pause();
  }

  #ended(): void {
    // Cut off: its closing says why.
    if (!this.#isWhole || !this.#answering) return;
    this.#over = true;
    // Whoever answers need not have read the whole request (RFC 9113 §8.1).
    this.#writer?.stop();
    if (!this.#stream.writableEnded) this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#release(constants.NGHTTP2_NO_ERROR);
    this.#receiver.ended(this.#trailers);
  }

  #closed(): void {
    const { rstCode: code } = this.#stream;
    this.#release(code);
    if (this.#over) return;
    const state = this.#connection.stateOf(this.#stream);
    this.#fail(streamFailure({ code, answering: this.#answering, ...state }));
  }

  /** Runs what an event is for, and ends the exchange with what it throws. */
  #guard(take: () => void): void {
    this.#connection.heard();
    if (this.#over) return;
    try {
      take();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#cancel();
    this.#receiver.failed(error);
  }

  /** Both sides have ended the stream, or this one has given it up; Node tells it a little later. */
  #release(code: number): void {
    if (this.#released) return;
    this.#released = true;
    this.#connection.released(code);
  }

  #cancel(): void {
    this.#over = true;
    this.#writer?.stop();
    this.#stream.close(constants.NGHTTP2_CANCEL);
    // One that is held back would wait for its reader for ever.
    this.#stream.resume();
    this.#release(constants.NGHTTP2_CANCEL);
  }
}
