import type { Writable } from "node:stream";
import type { BodyStream } from "./outgoing-request.ts";
import { TransportError } from "./transport-error.ts";
import { lengthMismatch } from "./length-mismatch.ts";

export interface BodyWriterOptions {
  readonly body: BodyStream;
  /** Bytes that the body must have, where that is said. */
  readonly length: number | undefined;
  /** In the chunked transfer coding of HTTP/1.1. */
  readonly chunked: boolean;
  readonly done: () => void;
  /** The body broke off or has another length than was said: the request can no longer be completed. */
  readonly failed: (error: Error) => void;
}

/** Streams a request's body to the target, as fast as the target takes it. Listens to the body from the start. */
export class BodyWriter {
  readonly #options: BodyWriterOptions;
  #target: Writable | undefined;
  #sent = 0;
  #over = false;

  constructor(options: BodyWriterOptions) {
    this.#options = options;
    // It may break off long before there is a connection.
    options.body.on("error", this.#fail).on("close", this.#closed);
  }

  /** The head has been written. */
  start(target: Writable): void {
    if (this.#over) return;
    const { body } = this.#options;
    this.#target = target;
    // Events that have been are not repeated.
    if (body.readableEnded) return queueMicrotask(this.#end);
    if (body.destroyed) return queueMicrotask(this.#closed);
    target.on("drain", this.#resume);
    body.on("end", this.#end).on("data", this.#write);
  }

  /** Stops reading; the body is destroyed, which tells its source. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    const { body } = this.#options;
    this.#target?.off("drain", this.#resume);
    body.off("data", this.#write).off("end", this.#end).off("close", this.#closed);
    body
      .off("error", this.#fail)
      .on("error", () => {})
      .destroy();
  }

  readonly #write = (chunk: Buffer): void => {
    const { body, length, chunked } = this.#options;
    // An empty chunk would say that the body ends here.
    if (!this.#target || chunk.length === 0) return;
    this.#sent += chunk.length;
    if (length !== undefined && this.#sent > length) return this.#fail(lengthMismatch());
    const left = () => body.release?.(chunk);
    const flowing = chunked ? writeChunk(this.#target, chunk, left) : this.#target.write(chunk, left);
    if (!flowing) body.pause();
  };

  readonly #end = (): void => {
    if (this.#over) return;
    const { length, chunked, done } = this.#options;
    if (length !== undefined && this.#sent !== length) return this.#fail(lengthMismatch());
    if (chunked) this.#target?.write("0\r\n\r\n", "latin1");
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
    this.#fail(new TransportError("REQUEST_LENGTH_MISMATCH", "the body broke off"));
  };

  readonly #resume = (): void => {
    this.#options.body.resume();
  };
}

function writeChunk(target: Writable, chunk: Buffer, left: () => void): boolean {
  target.cork();
  target.write(`${chunk.length.toString(16)}\r\n`, "latin1");
  target.write(chunk, left);
  const flowing = target.write("\r\n", "latin1");
  target.uncork();
  return flowing;
}
