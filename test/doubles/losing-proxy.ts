import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface LosingProxy extends AsyncDisposable {
  readonly port: number;
  /** How many answers were lost. */
  readonly lost: number;
}

/**
 * Passes connections on to a port of this machine, and cuts the first one that carries more than so many bytes in
 * the moment in which it is answered: the request has arrived, and nobody hears what came of it.
 */
export async function startLosingProxy(port: number, bytes: number): Promise<LosingProxy> {
  let lost = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const onward = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let passed = 0;
    const cut = () => {
      client.resetAndDestroy();
      onward.destroy();
    };
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on("error", cut);
    }
    // A reset would overtake what is still on its way to the client.
    client.on("end", () => onward.end()).on("close", () => onward.destroy());
    onward.on("end", () => client.end());
    client.on("data", (piece: Buffer) => {
      passed += piece.length;
      onward.write(piece);
    });
    onward.on("data", (piece: Buffer) => {
      if (passed <= bytes || lost > 0) return void client.write(piece);
      lost++;
      cut();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get lost() {
      return lost;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
