import type { EndedTunnel, TunnelEnd, TunnelTraffic } from "./channels.ts";
import { familyHead } from "./prometheus-text.ts";

const PREFIX = "application_gateway";

/** Counts tunnels that upgrades have opened. */
export class TunnelMetrics {
  readonly #ended: Record<TunnelEnd, number> = { caller: 0, target: 0, idle: 0, changed: 0, drained: 0 };
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

  /** Pieces of the Prometheus text format. */
  *text(): Generator<string> {
    yield familyHead(`${PREFIX}_tunnels`, "gauge", "Upgraded connections that are open now.");
    yield `${PREFIX}_tunnels ${this.#open}\n`;
    const ended = `${PREFIX}_tunnels_ended_total`;
    yield familyHead(ended, "counter", "Upgraded connections that have ended, by who ended them or why.");
    for (const [reason, count] of Object.entries(this.#ended))
      yield `${ended}{reason="${reason}"} ${count}\n`;
    const bytes = `${PREFIX}_tunnel_bytes_total`;
    yield familyHead(bytes, "counter", "Bytes that upgraded connections have carried.");
    yield `${bytes}{direction="to-target"} ${this.#toTarget}\n${bytes}{direction="to-caller"} ${this.#toCaller}\n`;
  }
}
