import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { framingOf, MessageReader, type Framing, type MessageHead } from "./http-message.ts";
import { RawResponse } from "./raw-response.ts";

/** Opens a connection to a loopback port. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return new RawClient(socket);
}

/** A caller that sends exactly the bytes it is given, and reads answers strictly. */
export class RawClient implements AsyncDisposable {
  /** Final answers in the order in which their heads came. */
  readonly responses: RawResponse[] = [];
  /** Settles when the connection is gone, from whichever side. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #reader: MessageReader;
  /** Methods of the requests that wait for their answer, because answers to HEAD have no body. */
  readonly #methods: string[] = [];
  #informational: MessageHead[] = [];
  #current: RawResponse | undefined;
  #taken = 0;
  #changed = Promise.withResolvers<void>();
  #isClosed = false;
  #transcript = "";
  #malformed: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = new MessageReader({
      head: (head) => this.#head(head),
      body: (chunk) => this.#current?.took(chunk),
      end: (trailers) => this.#end(trailers),
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on("data", (chunk: Buffer) => this.#took(chunk));
    socket.on("end", () => this.#reader.finish());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#isClosed = true;
      this.#current?.cutOff(this.#malformed ?? new Error("the connection closed inside the answer"));
      this.#change();
      resolve();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Everything that came back, one character per byte. */
  get transcript(): string {
    return this.#transcript;
  }

  /** Sends bytes, a string as Latin-1; resolves when they have been handed to the system. */
  async send(bytes: string | Buffer): Promise<void> {
    if (this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, () => resolve());
    await promise;
  }

  /** Sends one request; `body` gets a Content-Length unless `headers` frame it already. */
  async request(
    method: string,
    path: string,
    options: { readonly headers?: readonly string[]; readonly body?: string | Buffer | undefined } = {},
  ): Promise<void> {
    const { headers = [], body } = options;
    const lines = [...headers];
    if (!lines.some((line) => /^host:/i.test(line))) lines.unshift("Host: gateway.test:8080");
    if (body !== undefined && !lines.some((line) => /^(content-length|transfer-encoding):/i.test(line))) {
      lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
    }
    this.#methods.push(method);
    const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
    await this.send(body === undefined ? head : Buffer.concat([head, Buffer.from(body)]));
  }

  /** The next answer as soon as its head is there. */
  async head(): Promise<RawResponse> {
    const number = this.#taken++;
    for (;;) {
      const response = this.responses[number];
      if (response) return response;
      if (this.#isClosed) throw this.#malformed ?? new Error("the connection closed without an answer");
      await this.#changed.promise;
    }
  }

  /** Resolves once an informational answer of this status has come for the next answer. */
  async informed(status: number): Promise<MessageHead> {
    for (;;) {
      const head = this.#informational.find(({ startLine }) => startLine.startsWith(`HTTP/1.1 ${status}`));
      if (head) return head;
      if (this.#isClosed) throw new Error(`the connection closed without a ${status}`);
      await this.#changed.promise;
    }
  }

  /** The next answer when it is complete. */
  async response(): Promise<RawResponse> {
    const response = await this.head();
    await response.body;
    return response;
  }

  /** Says that nothing more comes (FIN). */
  end(): void {
    this.#socket.end();
  }

  /** Breaks the connection (RST). */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Stops reading: the sender must wait once the system's buffers are full. */
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

  #took(chunk: Buffer): void {
    this.#transcript += chunk.toString("latin1");
    try {
      this.#reader.feed(chunk);
    } catch (error) {
      this.#malformed = error as Error;
      this.#socket.destroy();
    }
  }

  #head(head: MessageHead): Framing {
    const status = Number(head.startLine.split(" ")[1]);
    if (status < 200) {
      this.#informational.push(head);
      this.#change();
      return { bytes: 0 };
    }
    const method = this.#methods.shift();
    this.#current = new RawResponse(head, this.#informational);
    this.#informational = [];
    this.responses.push(this.#current);
    this.#change();
    if (method === "HEAD" || status === 204 || status === 304) return { bytes: 0 };
    return framingOf(head, "until-close");
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #end(trailers: readonly string[]): void {
    // An informational answer ends too, and belongs to none yet.
    this.#current?.complete(trailers);
    this.#current = undefined;
  }
}
