import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { ServedInstallation } from "./served-installation.ts";

export interface WatchedServer {
  readonly port: number;
  readonly token: string;
  readonly secureContext: SecureContext;
}

/** Made once for all watches of a server: each would read the authority anew. */
export function watchedServer(installation: ServedInstallation): WatchedServer {
  return {
    port: Number(installation.address("admin API").port),
    token: installation.adminToken,
    secureContext: createSecureContext({ ca: readFileSync(installation.serverAuthority) }),
  };
}

/** A watch over a TLS connection of its own, by a reader that may stop reading. */
export class TlsWatch implements Disposable {
  readonly #socket: TLSSocket;
  /** Everything that was read. */
  text = "";
  isClosed = false;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    socket.on("error", () => socket.destroy()).on("close", () => (this.isClosed = true));
  }

  /** Resolves when the head of the answer is there. */
  static async open({ port, token, secureContext }: WatchedServer, path: string): Promise<TlsWatch> {
    const socket = connect({ port, host: "127.0.0.1", servername: "localhost", secureContext });
    await once(socket, "secureConnect");
    const watch = new TlsWatch(socket);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    while (!watch.text.includes("\r\n\r\n")) {
      // oxlint-disable-next-line no-await-in-loop -- until it is there
      await Promise.race([once(socket, "data"), once(socket, "close")]);
      if (watch.isClosed) throw new Error(`the server closed the connection: ${watch.text}`);
    }
    return watch;
  }

  get status(): number {
    return Number(this.text.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
  }

  /** Takes nothing more from the system, until it goes on. */
  stop(): void {
    this.#socket.pause();
  }

  goOn(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
