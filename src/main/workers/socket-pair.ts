import { on, once } from "node:events";
import { connect, createServer, type AddressInfo, type OnReadOpts, type Socket } from "node:net";

const LOOPBACK = "127.0.0.1";

/** Two ends of one connection. Nothing has been read from `given`, which may be handed to another process. */
export interface SocketPair {
  readonly kept: Socket;
  readonly given: Socket;
}

/**
 * As `socketpair(2)`, which Node does not have. What comes to the kept end is read into the memory of `onread`, and
 * errors of it only close it. It goes through the loopback address because a socket file needs a directory that can be
 * written to, and not every container has one. Rejects when there are no descriptors left.
 */
export async function openSocketPair(onread: OnReadOpts): Promise<SocketPair> {
  using stack = new DisposableStack();
  const server = createServer({ pauseOnConnect: true, noDelay: true }).listen(0, LOOPBACK);
  stack.defer(() => server.close());
  await once(server, "listening");
  const arrivals = on(server, "connection", { close: ["close"] }) as AsyncIterable<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const kept = connect({ port, host: LOOPBACK, onread });
  // Whatever goes wrong also closes it.
  kept.on("error", () => {});
  // Without a descriptor left for the other end, libuv accepts it, closes it and tells nobody.
  kept.once("close", () => server.close());
  try {
    await once(kept, "connect");
    return { kept, given: await otherEnd(kept, arrivals) };
  } catch (error) {
    kept.destroy();
    throw error;
  }
}

/** Whoever else has found the port is sent away. */
export async function otherEnd(kept: Socket, arrivals: AsyncIterable<readonly [Socket]>): Promise<Socket> {
  for await (const [socket] of arrivals) {
    if (socket.remotePort === kept.localPort && socket.remoteAddress === kept.localAddress) return socket;
    socket.destroy();
  }
  throw new Error("the connection was closed before it was accepted: too many files may be open");
}
