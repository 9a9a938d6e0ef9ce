import type { Socket } from "node:net";
import type { BodyStream } from "../outgoing-request.ts";
import { Http1Error } from "./http1-error.ts";
import { lengthMismatch } from "./request-head.ts";

export interface BodyWriterOptions {
  readonly body: BodyStream;
  /** Bytes that the body must have; undefined: chunked. */
  readonly length: number | undefined;
  readonly done: () => void;
  /** The body broke off or has another length than was said: the request can no longer be completed. */
  readonly failed: (error: Error) => void;
}

/** Streams a request's body to the target, as fast as the target takes it. Listens to the body from the start. */
export class BodyWriter {
  readonly #options: BodyWriterOptions;
  #socket: Socket | undefined;
  #sent = 0;
  #over = false;

  constructor(options: BodyWriterOptions) {
    this.#options = options;
    // It may break off long before there is a connection.
    options.body.on("error", this.#fail).on("close", this.#closed);
  }

  /** The head has been written. */
  start(socket: Socket): void {
    if (this.#over) return;
    const { body } = this.#options;
    this.#socket = socket;
    // Events that have been are not repeated.
    if (body.readableEnded) return queueMicrotask(this.#end);
    if (body.destroyed) return queueMicrotask(this.#closed);
    socket.on("drain", this.#resume);
    body.on("end", this.#end).on("data", this.#write);
  }

  /** Stops reading; the body is destroyed, which tells its source. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    const { body } = this.#options;
    this.#socket?.off("drain", this.#resume);
    body.off("data", this.#write).off("end", this.#end).off("close", this.#closed);
    body
      .off("error", this.#fail)
      .on("error", () => {})
      .destroy();
  }

  readonly #write = (chunk: Buffer): void => {
    const { body, length } = this.#options;
    // An empty chunk would say that the body ends here.
    if (!this.#socket || chunk.length === 0) return;
    this.#sent += chunk.length;
    if (length !== undefined && this.#sent > length) return this.#fail(lengthMismatch());
    const left = () => body.release?.(chunk);
    const flowing =
      length === undefined ? writeChunk(this.#socket, chunk, left) : this.#socket.write(chunk, left);
    if (!flowing) body.pause();
  };

  readonly #end = (): void => {
    if (this.#over) return;
    const { length, done } = this.#options;
    if (length !== undefined && this.#sent !== length) return this.#fail(lengthMismatch());
    if (length === undefined) this.#socket?.write("0\r\n\r\n", "latin1");
    this.stop();
    done();
  };

  readonly #fail = (error: Error): void => {
    if (this.#over) return;
    this.stop();
    this.#options.failed(error);
  };

  /** `destroy()` without an error tells neither `end` nor `error`. */
  readonly #closed = (): void => {
    this.#fail(new Http1Error("REQUEST_LENGTH_MISMATCH", "the body broke off"));
  };

  readonly #resume = (): void => {
    this.#options.body.resume();
  };
}

function writeChunk(socket: Socket, chunk: Buffer, left: () => void): boolean {
  socket.cork();
  socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
  socket.write(chunk, left);
  const flowing = socket.write("\r\n", "latin1");
  socket.uncork();
  return flowing;
}
