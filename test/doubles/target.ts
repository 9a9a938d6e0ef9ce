import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { eventually } from "./eventually.ts";
import { framingOf, MessageReader } from "./http-message.ts";
import { TargetCall } from "./target-call.ts";

/** What a target does with a request, from the moment its head is complete. */
export type Answering = (call: TargetCall) => void | Promise<void>;

export interface TargetOptions {
  readonly tls?: TlsOptions;
  /** Any free one unless given. */
  readonly port?: number;
}

/** 200 with `{"ok":true}` once the whole request is there. */
export const answersOk: Answering = async (call) => {
  await call.body;
  await call.respond(200, { "Content-Type": "application/json" }, '{"ok":true}');
};

/** 200 with the request's body. */
export const answersEcho: Answering = async (call) => {
  await call.respond(200, { "Content-Type": "application/octet-stream" }, await call.text());
};

/** Writes these bytes once the whole request is there, whatever they are, and then behaves as told. */
export function answersBytes(bytes: string, then: "keeps" | "ends" | "resets" = "keeps"): Answering {
  return async (call) => {
    await call.body;
    await call.write(bytes);
    if (then === "ends") call.end();
    if (then === "resets") call.reset();
  };
}

/** Starts a target on a free loopback port. */
export async function startTarget(
  answering: Answering = answersOk,
  options: TargetOptions = {},
): Promise<Target> {
  const target = new Target(answering, options);
  await target.listening;
  return target;
}

/** An external system on a raw socket: it records every byte and answers as the test tells it to. */
export class Target implements AsyncDisposable {
  /** Requests in the order in which their heads came. */
  readonly calls: TargetCall[] = [];
  /** Everything that came over each connection, one character per byte. */
  readonly transcripts: string[] = [];
  readonly listening: Promise<unknown>;
  /** What it does with the next requests; may be changed at any time. */
  answering: Answering;
  /** What could not be read as HTTP; anything here is a fault of the sender. */
  readonly unreadable: Error[] = [];
  readonly #server: Server;
  readonly #scheme: "http" | "https";
  readonly #sockets = new Set<Socket>();
  readonly #connected: ((socket: Socket) => void)[] = [];
  #accepted = 0;

  constructor(answering: Answering, { tls, port = 0 }: TargetOptions) {
    this.answering = answering;
    this.#scheme = tls ? "https" : "http";
    const take = (socket: Socket) => this.#take(socket);
    this.#server = tls ? createTlsServer(tls, take) : createServer({ noDelay: true }, take);
    this.listening = once(this.#server.listen(port, "127.0.0.1"), "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `${this.#scheme}://${this.host}`;
  }

  get host(): string {
    return `${this.#scheme === "https" ? "localhost" : "127.0.0.1"}:${this.port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Connections that there have ever been. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The latest request. */
  get last(): TargetCall {
    const call = this.calls.at(-1);
    if (!call) throw new Error("no request has reached the target");
    return call;
  }

  /** The request with this number, counted from 1, as soon as its head is there. */
  async call(number: number): Promise<TargetCall> {
    return eventually(() => {
      const call = this.calls[number - 1];
      if (!call) throw new Error(`only ${this.calls.length} requests have reached the target`);
      return call;
    });
  }

  /** Called for every new connection, after its TLS handshake where it has one. */
  onConnection(listener: (socket: Socket) => void): void {
    this.#connected.push(listener);
  }

  /** Closes the kept connections that wait for a request, as an idle time-out does. */
  closeConnections(): void {
    for (const socket of this.#sockets) socket.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(socket: Socket): void {
    const number = ++this.#accepted;
    this.#sockets.add(socket);
    for (const listener of this.#connected) listener(socket);
    this.transcripts.push("");
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    let current: TargetCall | undefined;
    socket.on("close", () => {
      this.#sockets.delete(socket);
      current?.cutOff(new Error("the connection closed inside the request"));
      resolve();
    });
    socket.on("error", () => socket.destroy());
    const reader = new MessageReader({
      head: (head) => {
        current = new TargetCall(head, { socket, number, closed });
        this.calls.push(current);
        void this.#answer(current);
        return framingOf(head, { bytes: 0 });
      },
      body: (chunk) => current?.took(chunk),
      end: () => current?.complete(),
    });
    socket.on("data", (chunk: Buffer) => {
      this.transcripts[number - 1] += chunk.toString("latin1");
      try {
        reader.feed(chunk);
      } catch (error) {
        this.unreadable.push(error as Error);
        socket.destroy();
      }
    });
  }

  async #answer(call: TargetCall): Promise<void> {
    try {
      await this.answering(call);
    } catch {
      // A call that is cut off while its answer waits for the body is no fault of the target.
    }
  }
}
