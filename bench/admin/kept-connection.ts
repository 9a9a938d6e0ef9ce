import { once } from "node:events";
import type { SocketConstructorOpts } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { AdminTarget } from "./admin-target.ts";

const END_OF_HEAD = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";
/** What all connections read into: what is in it is looked at before the next one reads. */
const BUFFER = Buffer.alloc(64 * 1024);

export interface Timed {
  /** Milliseconds until the first byte. */
  readonly first: number;
  /** Milliseconds until the last byte. */
  readonly whole: number;
  readonly status: number;
  readonly bytes: number;
}

export interface Asked {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly accept?: string;
  /** JSON. */
  readonly body?: string;
}

/** One request after the other over TLS, by a client that costs little: it makes nothing of what it reads. */
export class KeptConnection implements Disposable {
  readonly #socket: TLSSocket;
  readonly #token: string;
  #done: PromiseWithResolvers<void> = Promise.withResolvers();
  #head = "";
  /** Bytes that are still to come; undefined while the head is read or where only the end tells. */
  #rest: number | undefined;
  #isChunked = false;
  #tail = "";
  #bytes = 0;
  #first = 0;

  private constructor({ connect: where, token }: AdminTarget) {
    this.#token = token;
    const callback = (bytes: number) => {
      this.#take(BUFFER.subarray(0, bytes));
      return true;
    };
    // Node's types of TLS connections lack what those of sockets have.
    const reading: ConnectionOptions & Pick<SocketConstructorOpts, "onread"> = {
      ...where,
      onread: { buffer: BUFFER, callback },
    };
    this.#socket = connect(reading);
    this.#socket.setNoDelay(true);
    this.#socket.on("error", (error) => this.#done.reject(error));
    this.#socket.on("close", () => this.#done.reject(new Error("the server closed the connection")));
  }

  static async open(target: AdminTarget): Promise<KeptConnection> {
    const connection = new KeptConnection(target);
    await once(connection.#socket, "secureConnect");
    return connection;
  }

  /** One at a time. */
  async ask({ method = "GET", path, accept = "application/json", body }: Asked): Promise<Timed> {
    this.#done = Promise.withResolvers();
    this.#head = "";
    this.#rest = undefined;
    this.#isChunked = false;
    this.#tail = "";
    this.#bytes = 0;
    this.#first = 0;
    const begin = performance.now();
    const about =
      body === undefined
        ? ""
        : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${this.#token}\r\nAccept: ${accept}\r\n${about}\r\n`;
    this.#socket.write(head + (body ?? ""));
    await this.#done.promise;
    const whole = performance.now() - begin;
    return {
      first: this.#first - begin,
      whole,
      status: Number(this.#head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)),
      bytes: this.#bytes,
    };
  }

  [Symbol.dispose](): void {
    this.#done.promise.catch(() => undefined);
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#bytes === 0) this.#first = performance.now();
    this.#bytes += bytes.length;
    if (this.#rest !== undefined) this.#rest -= bytes.length;
    else if (this.#isChunked)
      this.#tail = (this.#tail + bytes.toString("latin1", bytes.length - 8)).slice(-8);
    else this.#takeHead(bytes.toString("latin1"));
    if (this.#rest === 0 || this.#tail.endsWith(LAST_CHUNK)) this.#done.resolve();
  }

  #takeHead(text: string): void {
    this.#head += text;
    const end = this.#head.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1];
    const after = this.#head.length - end - END_OF_HEAD.length;
    this.#isChunked = length === undefined;
    if (length !== undefined) this.#rest = Number(length) - after;
    else this.#tail = this.#head.slice(-Math.min(8, after || 1));
  }
}
