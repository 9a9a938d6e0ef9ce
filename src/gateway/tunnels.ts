import type { Socket } from "node:net";
import { tunnelsMoved } from "../telemetry/channels.ts";
import { Tunnel, type TunnelEnds, type TunnelOwner } from "./tunnel.ts";

/** How often tunnels are looked at, in milliseconds: at most a second may pass until one that may not be has ended. */
const TICK = 400;

/** A process that is leaving ends a tunnel that has carried nothing for so many milliseconds. */
const QUIET = 1000;

export interface TunnelsOptions {
  /** Callers that may have or wait for one at a time. */
  readonly maxTunnels: number;
  /** Milliseconds that one may carry nothing. */
  readonly tunnelIdleTimeout: number;
}

export interface WantedTunnel extends TunnelEnds {
  /** Whether the call that opened it would still be made in the same way. */
  readonly stands: () => boolean;
}

/** All tunnels of a process: how many there may be, and when one has to end. One timer looks after all of them. */
export class Tunnels implements TunnelOwner, Disposable {
  readonly #options: TunnelsOptions;
  readonly #open = new Map<Tunnel, WantedTunnel["stands"]>();
  #held = 0;
  #draining = false;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: TunnelsOptions) {
    this.#options = options;
  }

  /** A place for as long as the caller's connection lasts; false where there is none left. */
  hold(caller: Socket): boolean {
    if (this.#held >= this.#options.maxTunnels) return false;
    this.#held++;
    caller.once("close", () => this.#held--);
    return true;
  }

  open({ stands, ...ends }: WantedTunnel): void {
    const tunnel = new Tunnel(ends, this);
    this.#open.set(tunnel, stands);
    this.#ticker ??= setInterval(this.#tick, TICK).unref();
    tunnel.start();
  }

  /** From now on each ends in its next pause. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  ended(tunnel: Tunnel): void {
    this.#open.delete(tunnel);
    if (this.#open.size > 0) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    for (const tunnel of this.#open.keys()) tunnel.cut("drained");
  }

  readonly #tick = (): void => {
    if (tunnelsMoved.hasSubscribers) this.#tellTraffic();
    const now = performance.now();
    for (const [tunnel, stands] of this.#open) {
      const idle = tunnel.idle(now);
      if (tunnel.ending) tunnel.cut(tunnel.reason);
      else if (!stands()) tunnel.end("changed");
      else if (this.#draining && idle >= QUIET) tunnel.end("drained");
      else if (idle >= this.#options.tunnelIdleTimeout) tunnel.end("idle");
    }
  };

  /** Many live for days: who counts their bytes does not wait for their end. */
  #tellTraffic(): void {
    let toTarget = 0;
    let toCaller = 0;
    for (const tunnel of this.#open.keys()) {
      const traffic = tunnel.traffic();
      toTarget += traffic.toTarget;
      toCaller += traffic.toCaller;
    }
    if (toTarget + toCaller > 0) tunnelsMoved.publish({ toTarget, toCaller });
  }
}
