import type { Socket } from "node:net";
import type { Addressing } from "../../gateway/route.ts";
import type { GatewayArrivals } from "../../gateway/serve.ts";
import type { WorkerStart } from "./messages.ts";
import type { PrimaryLink } from "./primary-link.ts";

/** The connections that the primary process hands to this worker, by listener. */
export function arrivingConnections(link: PrimaryLink, ports: WorkerStart["ports"]): GatewayArrivals {
  const takers = new Map<Addressing, (socket: Socket) => void>();
  let closed = 0;
  const tellClosed = () => {
    link.send({ type: "closed", count: closed });
    closed = 0;
  };
  const countClosed = () => {
    if (closed++ === 0) setImmediate(tellClosed);
  };
  link.on("connection", ({ id, listener }, socket) => {
    // First of all: until then the primary process gives the connection to another one if this one dies.
    link.send({ type: "taken", id });
    if (!socket) return countClosed();
    socket.once("close", countClosed);
    takers.get(listener)?.(socket);
  });
  const of = (listener: Addressing) => ({
    port: ports[listener],
    connect: (take: (socket: Socket) => void) => void takers.set(listener, take),
  });
  return { manual: of("manual"), compass: of("compass") };
}
