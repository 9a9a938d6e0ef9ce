import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A key as RFC 6455 §1.3 shows it. */
export const WEB_SOCKET_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export const WEB_SOCKET = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  `Sec-WebSocket-Key: ${WEB_SOCKET_KEY}`,
  "Sec-WebSocket-Version: 13",
];

export interface UpgradeCall {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  /** Whole lines; those of a WebSocket unless given. */
  readonly headers?: readonly string[];
  /** Further lines. */
  readonly more?: readonly string[];
  /** Sent together with the head. */
  readonly early?: string | Buffer;
}

/** Asks a gateway for another protocol. */
export async function openUpgrade(port: number, call: UpgradeCall = {}): Promise<UpgradeCaller> {
  const { method = "GET", path = "/shop/orders-api/live", host = "gateway.test:8080" } = call;
  const { headers = WEB_SOCKET, more = [], early = "" } = call;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  await once(socket, "connect");
  const caller = new UpgradeCaller(socket);
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers, ...more];
  await caller.send(
    Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.from(early)]),
  );
  return caller;
}

/** A caller that sends and gets bytes: those of an answer up to its empty line, and whatever comes behind. */
export class UpgradeCaller implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #closed = Promise.withResolvers<void>();
  #chunks: Buffer[] = [];
  #length = 0;
  #head = 0;
  #changed = Promise.withResolvers<void>();
  #isEnded = false;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#change();
    });
    socket.on("error", () => socket.destroy());
    socket.on("end", () => {
      this.#isEnded = true;
      this.#change();
    });
    socket.on("close", () => {
      this.#isEnded = true;
      this.#isClosed = true;
      this.#change();
      this.#closed.resolve();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Settles when the connection is gone, from whichever side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Everything that came back, one character per byte. */
  get transcript(): string {
    return this.#received.toString("latin1");
  }

  /** How many bytes have come behind the head. */
  get size(): number {
    return this.#length - this.#headEnd();
  }

  /** What has come behind the head of the answer. */
  get bytes(): Buffer {
    return this.#received.subarray(this.#headEnd());
  }

  /** Lines of the answer's head. */
  async head(): Promise<readonly string[]> {
    await this.#until(() => this.#headEnd() > 0);
    return this.#received.toString("latin1", 0, this.#headEnd()).split("\r\n").slice(0, -2);
  }

  async status(): Promise<number> {
    return Number((await this.head())[0]?.split(" ")[1]);
  }

  /** Resolves once so many bytes have come behind the head. */
  async took(length: number): Promise<Buffer> {
    await this.#until(() => this.#headEnd() > 0 && this.size >= length);
    return this.bytes;
  }

  /** Resolves once the other side has said that nothing more comes. */
  async ended(): Promise<void> {
    while (!this.#isEnded) await this.#changed.promise;
  }

  async send(bytes: string | Buffer): Promise<void> {
    if (this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, () => resolve());
    await promise;
  }

  /** Bytes that have been sent and still wait for the other side to read. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  /** Sends without waiting. */
  push(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  get #received(): Buffer {
    const received = Buffer.concat(this.#chunks);
    this.#chunks = [received];
    return received;
  }

  #headEnd(): number {
    if (this.#head === 0) this.#head = this.#received.indexOf("\r\n\r\n") + 4;
    if (this.#head === 3) this.#head = 0;
    return this.#head;
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isEnded) throw new Error("the connection ended before");
      await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
