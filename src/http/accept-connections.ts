import { createServer, type AddressInfo, type Socket } from "node:net";
import { bind, type Place } from "./bind.ts";
import { originOf } from "./origin-of.ts";

/** A port whose connections are for other processes. */
export interface Acceptor {
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  readonly origin: string;
  /** Takes no more connections. */
  close(): void;
}

/** Opens a port; `take` gets each connection before a byte of it is read. Rejects with a Failure. */
export async function acceptConnections(place: Place, take: (socket: Socket) => void): Promise<Acceptor> {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    // Whoever has left already is not missed.
    socket.on("error", () => {});
    take(socket);
  });
  await bind(server, place);
  const { port } = server.address() as AddressInfo;
  // Its callback would wait for connections that are elsewhere by now.
  return { port, origin: originOf("http", { host: place.host, port }), close: () => void server.close() };
}
