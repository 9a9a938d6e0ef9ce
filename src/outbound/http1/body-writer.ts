import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { lengthMismatch } from "./request-head.ts";

export interface BodyWriterOptions {
  readonly socket: Socket;
  readonly body: Readable;
  /** Bytes that the body must have; undefined: chunked. */
  readonly length: number | undefined;
  readonly done: () => void;
  /** The body broke off or has another length than was said: the request can no longer be completed. */
  readonly failed: (error: Error) => void;
}

/** Streams a request's body to the target, as fast as the target takes it. */
export class BodyWriter {
  readonly #options: BodyWriterOptions;
  #sent = 0;
  #over = false;

  constructor(options: BodyWriterOptions) {
    this.#options = options;
    const { body, socket } = options;
    body.on("data", this.#write);
    body.on("end", this.#end);
    body.on("error", this.#fail);
    socket.on("drain", this.#resume);
  }

  /** Stops reading; the body is destroyed, which tells its source. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    const { body, socket } = this.#options;
    socket.off("drain", this.#resume);
    body.off("data", this.#write).off("end", this.#end).off("error", this.#fail);
    body.on("error", () => {}).destroy();
  }

  readonly #write = (chunk: Buffer): void => {
    const { socket, body, length } = this.#options;
    this.#sent += chunk.length;
    if (length !== undefined && this.#sent > length) return this.#fail(lengthMismatch());
    if (!(length === undefined ? this.#writeChunk(chunk) : socket.write(chunk))) body.pause();
  };

  #writeChunk(chunk: Buffer): boolean {
    const { socket } = this.#options;
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
    socket.write(chunk);
    const flowing = socket.write("\r\n", "latin1");
    socket.uncork();
    return flowing;
  }

  readonly #end = (): void => {
    const { socket, length, done } = this.#options;
    if (length !== undefined && this.#sent !== length) return this.#fail(lengthMismatch());
    if (length === undefined) socket.write("0\r\n\r\n", "latin1");
    this.stop();
    done();
  };

  readonly #fail = (error: Error): void => {
    if (this.#over) return;
    this.stop();
    this.#options.failed(error);
  };

  readonly #resume = (): void => {
    this.#options.body.resume();
  };
}
