import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A proxy that connects everything to one port of this machine, whatever host it is asked for. */
export interface Proxy extends AsyncDisposable {
  /** `http://user:password@127.0.0.1:port`. */
  readonly url: string;
  /** The heads of what it was asked, one character per byte. */
  readonly asked: readonly string[];
}

/** Tunnels after CONNECT, and passes what else it is asked as it is. */
export async function startProxy(port: number): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (first: Buffer) => {
      const text = first.toString("latin1");
      asked.push(text.slice(0, text.indexOf("\r\n\r\n")));
      const onward = connect(port, "127.0.0.1");
      sockets.add(onward);
      onward.on("error", () => socket.destroy());
      if (text.startsWith("CONNECT ")) socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      else onward.write(first);
      socket.pipe(onward).pipe(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    url: `http://user:pass@127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
