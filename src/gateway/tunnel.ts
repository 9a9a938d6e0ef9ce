import type { Socket } from "node:net";
import type { CallPermit } from "../snapshot/call-limits.ts";
import {
  tunnelEnded,
  tunnelsMoved,
  tunnelsOpen,
  type EndedTunnel,
  type TunnelEnd,
  type TunnelTraffic,
} from "../telemetry/channels.ts";
import type { CallRecord } from "./call-record.ts";

/** Two connections on which HTTP has ended, and the call that opened the way between them. */
export interface TunnelEnds {
  readonly caller: Socket;
  readonly target: Socket;
  readonly call: CallRecord;
  readonly protocol: string;
  /** A place in the limits of its API, which a tunnel holds as long as it lasts. */
  readonly permit: CallPermit | undefined;
}

/** Who looks after a tunnel. */
export interface TunnelOwner {
  /** The process is leaving: whatever ends now ends because of that. */
  readonly draining: boolean;
  /** Both connections have closed. */
  ended(tunnel: Tunnel): void;
}

/**
 * Passes bytes between two connections, as they come and as fast as they are taken, until both have closed. It is
 * itself what `tunnelEnded` publishes.
 */
export class Tunnel implements EndedTunnel {
  readonly call: CallRecord;
  readonly protocol: string;
  bytesToTarget = 0;
  bytesToCaller = 0;
  milliseconds = 0;
  readonly #caller: Socket;
  readonly #target: Socket;
  readonly #permit: CallPermit | undefined;
  readonly #owner: TunnelOwner;
  readonly #begun = performance.now();
  #reason: TunnelEnd | undefined;
  #movedAt = this.#begun;
  /** Something has moved since it was looked at last. */
  #moved = false;
  #open = 2;
  #ending = false;
  #toldToTarget = 0;
  #toldToCaller = 0;

  constructor({ caller, target, call, protocol, permit }: TunnelEnds, owner: TunnelOwner) {
    this.call = call;
    this.protocol = protocol;
    this.#caller = caller;
    this.#target = target;
    this.#permit = permit;
    this.#owner = owner;
  }

  get reason(): TunnelEnd {
    return this.#reason ?? "caller";
  }

  /** It takes nothing more. */
  get ending(): boolean {
    return this.#ending;
  }

  start(): void {
    tunnelsOpen.publish({ delta: 1 });
    const caller = this.#caller;
    const target = this.#target;
    this.#listen(caller, target, "caller");
    this.#listen(target, caller, "target");
    this.#pass(caller, target, (bytes) => (this.bytesToTarget += bytes));
    this.#pass(target, caller, (bytes) => (this.bytesToCaller += bytes));
  }

  /** Milliseconds for which nothing has moved; `now` as performance.now() gives it. */
  idle(now: number): number {
    if (this.#moved) this.#movedAt = now;
    this.#moved = false;
    return now - this.#movedAt;
  }

  /** What it has carried since this was asked last. */
  traffic(): TunnelTraffic {
    const toTarget = this.bytesToTarget - this.#toldToTarget;
    const toCaller = this.bytesToCaller - this.#toldToCaller;
    this.#toldToTarget = this.bytesToTarget;
    this.#toldToCaller = this.bytesToCaller;
    return { toTarget, toCaller };
  }

  /** Nothing more is taken; what is on its way still leaves. */
  end(reason: TunnelEnd): void {
    this.#reason ??= reason;
    this.#ending = true;
    for (const socket of [this.#caller, this.#target]) {
      socket.removeAllListeners("data").resume();
      socket.destroySoon();
    }
  }

  /** Nothing leaves any more either. */
  cut(reason: TunnelEnd): void {
    this.#reason ??= reason;
    this.#caller.destroy();
    this.#target.destroy();
  }

  #pass(from: Socket, to: Socket, count: (bytes: number) => void): void {
    to.on("drain", () => {
      this.#moved = true;
      from.resume();
    });
    from.on("data", (chunk: Buffer) => {
      this.#moved = true;
      count(chunk.length);
      if (!to.write(chunk)) from.pause();
    });
    from.resume();
  }

  /** Each side may end while the other one still has something to say. */
  #listen(from: Socket, to: Socket, side: "caller" | "target"): void {
    const ended = () => {
      this.#because(side);
      to.end();
    };
    const closed = () => this.#closed(to, side);
    // Events that have been are not repeated.
    if (from.readableEnded) ended();
    else from.once("end", ended);
    if (from.closed) queueMicrotask(closed);
    else from.once("close", closed);
  }

  #because(side: "caller" | "target"): void {
    this.#reason ??= this.#owner.draining ? "drained" : side;
  }

  #closed(other: Socket, side: "caller" | "target"): void {
    this.#because(side);
    // It has nobody left to talk to.
    other.destroySoon();
    if (--this.#open > 0) return;
    this.milliseconds = performance.now() - this.#begun;
    tunnelsMoved.publish(this.traffic());
    tunnelsOpen.publish({ delta: -1 });
    this.#permit?.end();
    tunnelEnded.publish(this);
    this.#owner.ended(this);
  }
}
