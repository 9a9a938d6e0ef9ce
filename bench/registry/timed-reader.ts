import { once } from "node:events";
import type { SocketConstructorOpts } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";

const END_OF_HEAD = "\r\n\r\n";
/** Larger than the head of any answer. */
const READ_BYTES = 64 * 1024;

/**
 * Reads over one connection and keeps nothing of what it reads: a client that makes objects of answers of 50 KB
 * collects garbage for milliseconds, which would be taken for the server's.
 */
export class TimedReader implements Disposable {
  readonly #socket: TLSSocket;
  readonly #host: string;
  #head = "";
  /** Bytes that are still to come; undefined while the head is read. */
  #rest: number | undefined;
  #done: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(options: ConnectionOptions & { readonly servername: string }) {
    this.#host = options.servername;
    const buffer = Buffer.alloc(READ_BYTES);
    const callback = (bytes: number) => {
      this.#take(buffer.subarray(0, bytes));
      return true;
    };
    // Node's types of TLS connections lack what those of sockets have.
    const reading: ConnectionOptions & Pick<SocketConstructorOpts, "onread"> = {
      ...options,
      onread: { buffer, callback },
    };
    this.#socket = connect(reading);
    this.#socket.on("error", (error) => this.#done.reject(error));
    this.#socket.on("close", () => this.#done.reject(new Error("the server closed the connection")));
  }

  static async open(options: ConnectionOptions & { readonly servername: string }): Promise<TimedReader> {
    const reader = new TimedReader(options);
    await once(reader.#socket, "secureConnect");
    return reader;
  }

  /** Milliseconds until the answer, which must be 200, is complete. One at a time. */
  async read(path: string): Promise<number> {
    this.#done = Promise.withResolvers();
    const begin = performance.now();
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`);
    await this.#done.promise;
    return performance.now() - begin;
  }

  [Symbol.dispose](): void {
    this.#done.promise.catch(() => undefined);
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#rest === undefined) {
      this.#head += bytes.toString("latin1");
      const end = this.#head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const head = this.#head.slice(0, end);
      if (!head.startsWith("HTTP/1.1 200 ")) return this.#done.reject(new Error(head));
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
      this.#rest = length - (this.#head.length - end - END_OF_HEAD.length);
      this.#head = "";
    } else this.#rest -= bytes.length;
    if (this.#rest > 0) return;
    this.#rest = undefined;
    this.#done.resolve();
  }
}
