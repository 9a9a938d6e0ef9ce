import type { Socket } from "node:net";
import type { Clock } from "../core/clock.ts";

export interface FirstByteSwitchOptions {
  readonly tls: (socket: Socket) => void;
  readonly plain: (socket: Socket) => void;
  /** Milliseconds that a connection may stay silent before its first byte. */
  readonly patience: number;
  readonly clock: Clock;
}

/** The content type of a TLS handshake record (RFC 8446 §5.1); no HTTP/1.1 request begins with it. */
const TLS_HANDSHAKE = 0x16;

/** One port for TLS and plain HTTP: reads the first byte of each connection and hands it on unread. */
export class FirstByteSwitch {
  readonly #options: FirstByteSwitchOptions;
  readonly #waiting = new Set<Socket>();

  constructor(options: FirstByteSwitchOptions) {
    this.#options = options;
  }

  take(socket: Socket): void {
    this.#waiting.add(socket);
    // Between here and the hand-over nobody else listens, and an unheard "error" would end the process.
    const give = () => socket.destroy();
    const patience = this.#options.clock.after(this.#options.patience, give);
    const leave = () => {
      patience[Symbol.dispose]();
      this.#waiting.delete(socket);
    };
    socket.once("error", give).once("end", give).once("close", leave);
    socket.once("data", (first: Buffer) => {
      leave();
      // Paused and put back, so that whoever takes the socket reads from the first byte on.
      socket.pause();
      socket.off("error", give).off("end", give).off("close", leave);
      socket.unshift(first);
      if (first[0] === TLS_HANDSHAKE) return this.#options.tls(socket);
      this.#options.plain(socket);
      // A TLS socket pulls what was put back; an HTTP parser waits for it to flow.
      socket.resume();
    });
  }

  /** Drops the connections that have not said a byte. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }
}
