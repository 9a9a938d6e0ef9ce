import type { Socket } from "node:net";
import { openSocket, type SocketTarget } from "./http1/open-socket.ts";
import { portOf } from "./port-of.ts";
import type { PoolOptions } from "./target-pool.ts";

/** Opens the connections of one pool: with its trust, through its proxy, and with the TLS session of the last one. */
export class TargetSockets {
  readonly #options: PoolOptions;
  readonly #hostname: string;
  readonly #port: number;
  #session: Buffer | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#hostname = new URL(options.origin).hostname.replace(/^\[|\]$/g, "");
    this.#port = portOf(options.origin);
  }

  /** As `openSocket`. */
  async open(
    opening: Pick<SocketTarget, "signal" | "dedicated" | "protocols">,
    take?: (bytes: Buffer) => void,
  ): Promise<Socket> {
    const { tls, proxy, lookup, observer } = this.#options;
    const target = { hostname: this.#hostname, port: this.#port, proxy, lookup, observer, ...opening };
    if (!tls) return openSocket({ ...target, tls: undefined }, take);
    const secured = {
      secureContext: tls.secureContext(),
      verify: tls.verify,
      serverName: tls.serverName,
      session: this.#session,
      offered: this.#keepSession,
    };
    try {
      return await openSocket({ ...target, tls: secured }, take);
    } catch (error) {
      // A server that stumbles over its own session must not do so for ever.
      this.#session = undefined;
      throw error;
    }
  }

  readonly #keepSession = (session: Buffer): void => void (this.#session = session);
}
