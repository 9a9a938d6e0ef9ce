import { once } from "node:events";
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { eventually } from "./eventually.ts";

/** One request over HTTP/2. */
export interface Http2Request {
  readonly stream: ServerHttp2Stream;
  /** Flat, as they came; pseudo-header fields first. */
  readonly fields: readonly string[];
  readonly method: string;
  readonly path: string;
  /** Counts connections from 1. */
  readonly connection: number;
  /** The first value of a header. */
  header(name: string): string | undefined;
  /** The whole body. */
  text(): Promise<string>;
}

export type Http2Answering = (request: Http2Request) => void | Promise<void>;

/** 200 with the request's body. */
export const echoesHttp2: Http2Answering = ({ stream }) => {
  stream.respond({ ":status": 200, "content-type": "text/plain" });
  stream.pipe(stream);
};

/** An external system that speaks HTTP/2 by Node's own server: without TLS at once, over TLS where it is chosen. */
export class Http2Target implements AsyncDisposable {
  /** In the order in which they came. */
  readonly requests: Http2Request[] = [];
  readonly sessions: ServerHttp2Session[] = [];
  /** Requests over HTTP/1.1, where that is allowed. */
  readonly http1: IncomingMessage[] = [];
  answering: Http2Answering;
  readonly #server: Http2Server;
  readonly #scheme: "http" | "https";
  readonly #sockets = new Set<Socket>();

  constructor(answering: Http2Answering, server: Http2Server, scheme: "http" | "https") {
    this.answering = answering;
    this.#server = server;
    this.#scheme = scheme;
    server.on("session", (session) => this.sessions.push(session));
    server.on(scheme === "https" ? "secureConnection" : "connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
    });
    server.on("stream", (stream, _headers, _flags, fields) =>
      this.#take(stream as ServerHttp2Stream, fields),
    );
  }

  /** For requests over HTTP/2 Node would send trailers of its own. */
  #takeHttp1(server: Http2Server): this {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      if (request.httpVersion === "2.0") return;
      this.http1.push(request);
      request.resume();
      response.end("over HTTP/1.1");
    });
    return this;
  }

  static async start(
    answering: Http2Answering = echoesHttp2,
    options: ServerOptions = {},
  ): Promise<Http2Target> {
    return new Http2Target(answering, createServer(options), "http").#listen();
  }

  /** On any free port unless one is given. */
  static async startSecure(
    answering: Http2Answering,
    options: SecureServerOptions,
    port = 0,
  ): Promise<Http2Target> {
    const server = createSecureServer(options) as unknown as Http2Server;
    const target = new Http2Target(answering, server, "https");
    return (options.allowHTTP1 ? target.#takeHttp1(server) : target).#listen(port);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `${this.#scheme}://${this.#scheme === "https" ? "localhost" : "127.0.0.1"}:${this.port}`;
  }

  /** Connections that are open now. */
  get sockets(): ReadonlySet<Socket> {
    return this.#sockets;
  }

  get last(): Http2Request {
    const request = this.requests.at(-1);
    if (!request) throw new Error("no request has reached the target");
    return request;
  }

  /** The request with this number, counted from 1, as soon as it is there. */
  async request(number: number): Promise<Http2Request> {
    return eventually(() => {
      const request = this.requests[number - 1];
      if (!request) throw new Error(`only ${this.requests.length} requests have reached the target`);
      return request;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const session of this.sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #listen(port = 0): Promise<this> {
    await once(this.#server.listen(port, "127.0.0.1"), "listening");
    return this;
  }

  #take(stream: ServerHttp2Stream, fields: readonly string[]): void {
    stream.on("error", () => {});
    const header = (name: string) => fields.find((_, index) => index % 2 === 1 && fields[index - 1] === name);
    const request: Http2Request = {
      stream,
      fields,
      method: header(":method") ?? "",
      path: header(":path") ?? "",
      connection: this.sessions.indexOf(stream.session as ServerHttp2Session) + 1,
      header,
      text: async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks).toString();
      },
    };
    this.requests.push(request);
    void this.answering(request);
  }
}
