import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { eventually } from "./eventually.ts";
import { acceptOf } from "./web-socket-accept.ts";

/** A request that asked a target for another protocol. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** Bytes that came behind its head. */
  readonly early: Buffer;
}

/** What a target does with it. */
export type Upgrading = (upgrade: UpgradeRequest, number: number) => void;

/** The 101 that RFC 6455 wants, or that of another protocol. */
export function switching({ request }: UpgradeRequest, ...further: string[]): string {
  const { upgrade = "", "sec-websocket-key": key } = request.headers;
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    `Upgrade: ${upgrade}`,
    ...further,
  ];
  if (key !== undefined) lines.push(`Sec-WebSocket-Accept: ${acceptOf(key)}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Switches, and sends back what it gets; when its peer ends, it ends. */
export const echoes: Upgrading = (upgrade) => {
  const { socket, early } = upgrade;
  socket.write(switching(upgrade), "latin1");
  if (early.length > 0) socket.unshift(early);
  socket.pipe(socket);
};

/** Switches, and leaves the rest to the test. */
export const accepts: Upgrading = (upgrade) => {
  upgrade.socket.write(switching(upgrade), "latin1");
};

/** Says nothing, and ends when its peer does. */
export const waits: Upgrading = ({ socket }) => {
  socket.on("end", () => socket.end()).resume();
};

/** An external system that speaks another protocol after an upgrade, by Node's own HTTP server. */
export class UpgradeTarget implements AsyncDisposable {
  /** In the order in which they came. */
  readonly upgrades: UpgradeRequest[] = [];
  /** Requests that asked for nothing but an answer. */
  readonly requests: IncomingMessage[] = [];
  upgrading: Upgrading;
  readonly #server: Server;
  readonly #scheme: "http" | "https";
  readonly #sockets = new Set<Socket>();

  private constructor(upgrading: Upgrading, tls: ServerOptions | undefined) {
    this.upgrading = upgrading;
    this.#scheme = tls ? "https" : "http";
    this.#server = tls ? createTlsServer(tls) : createServer();
    this.#server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("request", (request, response) => {
      this.requests.push(request);
      response.setHeader("Content-Type", "application/json");
      response.end('{"ok":true}');
    });
    this.#server.on("upgrade", (request, socket, early: Buffer) => {
      const upgrade = { request, socket: socket as Socket, early };
      socket.on("error", () => {});
      this.upgrades.push(upgrade);
      this.upgrading(upgrade, this.upgrades.length);
    });
  }

  static async start(upgrading: Upgrading = echoes, tls?: ServerOptions): Promise<UpgradeTarget> {
    const target = new UpgradeTarget(upgrading, tls);
    await once(target.#server.listen(0, "127.0.0.1"), "listening");
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Without a slash at the end. */
  get url(): string {
    return `${this.#scheme}://${this.#scheme === "https" ? "localhost" : "127.0.0.1"}:${this.port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** The upgrade with this number, counted from 1. */
  async upgrade(number: number): Promise<UpgradeRequest> {
    return eventually(() => {
      const upgrade = this.upgrades[number - 1];
      if (!upgrade) throw new Error(`only ${this.upgrades.length} upgrades have reached the target`);
      return upgrade;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
