import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../core/clock.ts";
import {
  handshakeRefused,
  ingressConnections,
  type HandshakeRefusal,
  type IngressListener,
} from "../telemetry/channels.ts";
import { peerAddress } from "../http/peer-address.ts";
import { handshakeRefusal } from "./handshake-refusal.ts";

export interface HandshakeLimits {
  /** Milliseconds from the accepted connection to the end of its handshake. */
  readonly timeout: number;
  /** Under way at once. */
  readonly most: number;
}

interface Pending {
  readonly socket: Socket;
  readonly peer: string | undefined;
  readonly since: number;
  readonly deadline: Disposable;
}

/** A handshake takes milliseconds; one that takes longer while others wait is stalled. */
const STALLED_AFTER = 1000;

/**
 * The TLS handshakes that are under way on one listener: each has a deadline, they have a limit together, and
 * each that comes to nothing is published with its reason.
 */
export class Handshakes {
  readonly #listener: IngressListener;
  readonly #limits: HandshakeLimits;
  readonly #clock: Clock;
  /** By the peer's address and port, which the encrypted socket shares with the one below; oldest first. */
  readonly #pending = new Map<string, Pending>();
  /** Published already: destroying them makes Node report them a second time. */
  readonly #refused = new WeakSet<Socket>();

  constructor(listener: IngressListener, limits: HandshakeLimits, clock: Clock) {
    this.#listener = listener;
    this.#limits = limits;
    this.#clock = clock;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** For each accepted connection; false when there is no room for its handshake. */
  admit(socket: Socket): boolean {
    const peer = peerAddress(socket);
    // Gone already, before anybody looked at it.
    if (peer === undefined) return false;
    ingressConnections.publish({ listener: this.#listener, delta: 1 });
    socket.once("close", () => ingressConnections.publish({ listener: this.#listener, delta: -1 }));
    if (this.#pending.size >= this.#limits.most && !this.#makeRoom()) {
      this.#refuse(socket, peer, "overload");
      return false;
    }
    const key = keyOf(socket);
    const since = this.#clock.monotonic();
    const deadline = this.#clock.after(this.#limits.timeout, () => this.#refuse(socket, peer, "timeout"));
    this.#pending.set(key, { socket, peer, since, deadline });
    socket.once("close", () => this.#end(key, socket));
    return true;
  }

  completed(socket: TLSSocket): void {
    this.#end(keyOf(socket));
  }

  /** For `tlsClientError`. */
  failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const below = socketBelow(socket);
    if (below && this.#refused.has(below)) return;
    const verification = socket.authorizationError as Error | string | null | undefined;
    const detail = verification ? String(verification) : error.code;
    const reason = handshakeRefusal(error.code, verification ? String(verification) : undefined);
    this.#publish(reason, detail, peerAddress(socket) ?? peerAddress(below));
  }

  /** For a connection that was closed at once because too many are open. */
  dropped(peer: string | undefined): void {
    this.#publish("overload", undefined, peer);
  }

  /** The oldest is the likeliest to have stalled; one that is merely waiting for its turn may stay. */
  #makeRoom(): boolean {
    const oldest = this.#pending.values().next().value;
    if (!oldest || this.#clock.monotonic() - oldest.since < STALLED_AFTER) return false;
    this.#end(keyOf(oldest.socket), oldest.socket);
    this.#refuse(oldest.socket, oldest.peer, "overload");
    return true;
  }

  #refuse(socket: Socket, peer: string | undefined, reason: HandshakeRefusal): void {
    this.#refused.add(socket);
    this.#publish(reason, undefined, peer);
    socket.destroy();
  }

  /** `socket` guards against a port that was used again before its first use was forgotten. */
  #end(key: string, socket?: Socket): void {
    const pending = this.#pending.get(key);
    if (!pending || (socket && pending.socket !== socket)) return;
    pending.deadline[Symbol.dispose]();
    this.#pending.delete(key);
  }

  #publish(reason: HandshakeRefusal, detail: string | undefined, peer: string | undefined): void {
    handshakeRefused.publish({ listener: this.#listener, reason, detail, peer });
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remotePort} ${socket.remoteAddress}`;
}

/**
 * A TLS socket whose connection is gone has forgotten its peer; the socket below remembers. Node has no
 * public name for it, so it may be undefined: then a line lacks the address.
 */
function socketBelow(socket: TLSSocket & { readonly _parent?: Socket }): Socket | undefined {
  return socket._parent;
}
