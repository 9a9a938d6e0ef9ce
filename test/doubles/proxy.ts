import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { KeyPair } from "./certificates.ts";

/** A proxy that connects everything to one port of this machine, whatever host it is asked for. */
export interface Proxy extends AsyncDisposable {
  /** `http://user:pass@127.0.0.1:port`, or `https://user:pass@localhost:port`. */
  readonly url: string;
  /** The heads of what it was asked, one character per byte. */
  readonly asked: readonly string[];
  /** Sockets that are open now, to clients. */
  readonly connections: number;
}

export interface ProxyOptions {
  /** The proxy itself is spoken to over TLS. */
  readonly tls?: KeyPair;
  /** What it answers to CONNECT. */
  readonly established?: string;
  /** It refuses with these bytes instead, and ends the connection. */
  readonly refuses?: string;
}

const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/** Tunnels after CONNECT, and passes what else it is asked as it is. */
export async function startProxy(port: number, options: ProxyOptions = {}): Promise<Proxy> {
  const { tls, established = ESTABLISHED, refuses } = options;
  const asked: string[] = [];
  const clients = new Set<Socket>();
  const serve = (socket: Socket) => {
    clients.add(socket);
    socket.on("error", () => {}).on("close", () => clients.delete(socket));
    socket.once("data", (first: Buffer) => {
      const text = first.toString("latin1");
      asked.push(text.slice(0, text.indexOf("\r\n\r\n")));
      if (refuses !== undefined) return void socket.end(refuses, "latin1");
      const onward = connect(port, "127.0.0.1");
      onward.on("error", () => socket.destroy());
      socket.on("close", () => onward.destroy());
      if (text.startsWith("CONNECT ")) socket.write(established, "latin1");
      else onward.write(first);
      socket.pipe(onward).pipe(socket);
    });
  };
  const server = tls ? createTlsServer({ cert: tls.crt, key: tls.key }, serve) : createServer(serve);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    asked,
    get connections() {
      return clients.size;
    },
    url: `${tls ? "https://user:pass@localhost" : "http://user:pass@127.0.0.1"}:${portOf(server)}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of clients) socket.destroy();
      await closed;
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
