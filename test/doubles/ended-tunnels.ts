import { tunnelEnded, type EndedTunnel } from "../../src/telemetry/channels.ts";
import { eventually } from "./eventually.ts";

/** Every tunnel that ends while this lives, as the gateway tells it. */
export class EndedTunnels implements Disposable {
  readonly all: EndedTunnel[] = [];
  #told = 0;

  constructor() {
    tunnelEnded.subscribe(this.#note);
  }

  /** The next one that has ended. */
  next(): Promise<EndedTunnel> {
    const number = this.#told++;
    return eventually(() => {
      const tunnel = this.all[number];
      if (!tunnel) throw new Error(`only ${this.all.length} tunnels have ended`);
      return tunnel;
    });
  }

  [Symbol.dispose](): void {
    tunnelEnded.unsubscribe(this.#note);
  }

  readonly #note = (tunnel: EndedTunnel): void => void this.all.push(tunnel);
}
