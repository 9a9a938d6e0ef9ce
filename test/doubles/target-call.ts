import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { MessageHead } from "./http-message.ts";

/**
 * One request that reached a target, and the bytes that the test answers with. Nothing is added to what is
 * written: a test may violate the protocol as it likes.
 */
export class TargetCall {
  readonly head: MessageHead;
  readonly method: string;
  /** As it stood on the wire. */
  readonly path: string;
  /** Counts the target's connections from 1: equal for calls that shared one. */
  readonly connection: number;
  /** Settles when the connection is gone, from whichever side. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #body = Promise.withResolvers<Buffer>();
  #received = 0;

  constructor(head: MessageHead, connection: { socket: Socket; number: number; closed: Promise<void> }) {
    this.head = head;
    const [method = "", path = ""] = head.startLine.split(" ");
    this.method = method;
    this.path = path;
    this.connection = connection.number;
    this.closed = connection.closed;
    this.#socket = connection.socket;
    // Nobody need wait for the body of a call that is cut off.
    this.#body.promise.catch(() => {});
  }

  header(name: string): string | undefined {
    return this.head.header(name);
  }

  headerAll(name: string): string[] {
    return this.head.headerAll(name);
  }

  /** Bytes of the body that have come so far. */
  get received(): number {
    return this.#received;
  }

  /** The whole body; rejects when the connection closes before. */
  get body(): Promise<Buffer> {
    return this.#body.promise;
  }

  async text(): Promise<string> {
    return (await this.body).toString();
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Sends exactly these bytes, a string as Latin-1; resolves when they have been handed to the system. */
  async write(bytes: string | Buffer): Promise<void> {
    if (this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, () => resolve());
    await promise;
  }

  /** A proper answer with Content-Length. */
  async respond(status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Promise<void> {
    const lines = Object.entries({ ...headers, "Content-Length": String(Buffer.byteLength(body)) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    await this.write(Buffer.from(`HTTP/1.1 ${status} Status ${status}\r\n${lines.join("")}\r\n${body}`));
  }

  /** Says that nothing more comes (FIN). */
  end(): void {
    this.#socket.end();
  }

  /** Breaks the connection: RST, under TLS an end without close_notify. */
  reset(): void {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Stops reading: the sender must wait once the system's buffers are full. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** For the target. */
  took(chunk: Buffer): void {
    this.#received += chunk.length;
    this.#chunks.push(chunk);
  }

  /** For the target. */
  complete(): void {
    this.#body.resolve(Buffer.concat(this.#chunks));
  }

  /** For the target. */
  cutOff(reason: Error): void {
    this.#body.reject(reason);
  }
}
