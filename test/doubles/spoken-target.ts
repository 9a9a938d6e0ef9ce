import { once } from "node:events";
import {
  createServer as createHttp1,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createSecureServer, createServer as createHttp2, type Http2Server } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { KeyPair } from "./certificates.ts";

/** What a target speaks, and how it comes to that: `h2c` knows it beforehand, `h2` chooses it over TLS. */
export type Spoken = "http/1.1" | "h2c" | "h2";

/** One target with one handler, whatever it speaks: Node gives requests the same shape. */
export interface SpokenTarget extends AsyncDisposable {
  readonly url: string;
  /** Connections that are open now. */
  readonly connections: number;
}

export async function startSpokenTarget(
  spoken: Spoken,
  certificate: KeyPair,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<SpokenTarget> {
  const server = serverOf(spoken, certificate, handler);
  const sockets = new Set<Socket>();
  server.on(spoken === "h2" ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: spoken === "h2" ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    get connections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serverOf(
  spoken: Spoken,
  { crt: cert, key }: KeyPair,
  handler: RequestListener,
): Server | Http2Server {
  if (spoken === "http/1.1") return createHttp1(handler);
  // Node's HTTP/2 has the same events and methods, and other types.
  const listener = handler as never;
  return spoken === "h2c" ? createHttp2(listener) : createSecureServer({ cert, key }, listener);
}
