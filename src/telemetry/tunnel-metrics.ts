import type { EndedTunnel, TunnelEnd, TunnelTraffic } from "./channels.ts";
import { familyHead } from "./prometheus-text.ts";

const PREFIX = "application_gateway";

/** What was counted of tunnels that have ended, as plain data. */
export interface TunnelCounts {
  readonly ended: Readonly<Record<TunnelEnd, number>>;
  readonly toTarget: number;
  readonly toCaller: number;
}

const NONE_ENDED: Readonly<Record<TunnelEnd, number>> = {
  caller: 0,
  target: 0,
  idle: 0,
  changed: 0,
  drained: 0,
};

/** Counts tunnels that upgrades have opened. */
export class TunnelMetrics {
  readonly #ended: Record<TunnelEnd, number> = { ...NONE_ENDED };
  #open = 0;
  #toTarget = 0;
  #toCaller = 0;

  opened(delta: 1 | -1): void {
    this.#open += delta;
  }

  ended({ reason }: Pick<EndedTunnel, "reason">): void {
    this.#ended[reason]++;
  }

  moved({ toTarget, toCaller }: TunnelTraffic): void {
    this.#toTarget += toTarget;
    this.#toCaller += toCaller;
  }

  get open(): number {
    return this.#open;
  }

  /** What was counted elsewhere. */
  add({ ended, toTarget, toCaller }: TunnelCounts): void {
    for (const reason of Object.keys(NONE_ENDED) as TunnelEnd[]) this.#ended[reason] += ended[reason];
    this.#toTarget += toTarget;
    this.#toCaller += toCaller;
  }

  /** What has been counted since it was last taken; nothing of it is kept. */
  take(): TunnelCounts {
    const taken = { ended: { ...this.#ended }, toTarget: this.#toTarget, toCaller: this.#toCaller };
    Object.assign(this.#ended, NONE_ENDED);
    this.#toTarget = 0;
    this.#toCaller = 0;
    return taken;
  }

  /** Pieces of the Prometheus text format; `elsewhere`: how many more are open in other processes. */
  *text(elsewhere = 0): Generator<string> {
    yield familyHead(`${PREFIX}_tunnels`, "gauge", "Upgraded connections that are open now.");
    yield `${PREFIX}_tunnels ${this.#open + elsewhere}\n`;
    const ended = `${PREFIX}_tunnels_ended_total`;
    yield familyHead(ended, "counter", "Upgraded connections that have ended, by who ended them or why.");
    for (const [reason, count] of Object.entries(this.#ended))
      yield `${ended}{reason="${reason}"} ${count}\n`;
    const bytes = `${PREFIX}_tunnel_bytes_total`;
    yield familyHead(bytes, "counter", "Bytes that upgraded connections have carried.");
    yield `${bytes}{direction="to-target"} ${this.#toTarget}\n${bytes}{direction="to-caller"} ${this.#toCaller}\n`;
  }
}
