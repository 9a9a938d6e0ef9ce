import type { FlatHeaders } from "../../http/flat-headers.ts";
import type { Pools } from "../../outbound/exchange.ts";
import type { ForwardedRequest, ResponseReceiver } from "../../outbound/outgoing-request.ts";

/**
 * Connections on which a refusal is complete with its head: a 404 is told as such, however large its page is
 * and even when it never ends.
 */
export function successfulBodies(connections: Pools): Pools {
  return {
    pool(origin, identity) {
      const pool = connections.pool(origin, identity);
      return {
        forward(request, receiver) {
          const head = new HeadOfRefusal(receiver);
          const sent = pool.forward(request, head);
          head.belongsTo(sent);
          return sent;
        },
      };
    },
  };
}

class HeadOfRefusal implements ResponseReceiver {
  readonly #receiver: ResponseReceiver;
  #sent: ForwardedRequest | undefined;

  constructor(receiver: ResponseReceiver) {
    this.#receiver = receiver;
  }

  belongsTo(sent: ForwardedRequest): void {
    this.#sent = sent;
  }

  informed(status: number, headers: FlatHeaders): void {
    this.#receiver.informed(status, headers);
  }

  started(status: number, headers: FlatHeaders): void {
    this.#receiver.started(status, headers);
    // The exchange itself sees to redirects.
    if (status === 200 || (status >= 300 && status < 400)) return;
    this.#sent?.abort();
    this.#receiver.ended([]);
  }

  received(chunk: Buffer, release: () => void): boolean {
    return this.#receiver.received(chunk, release);
  }

  ended(trailers: FlatHeaders): void {
    this.#receiver.ended(trailers);
  }

  failed(error: Error): void {
    this.#receiver.failed(error);
  }
}
