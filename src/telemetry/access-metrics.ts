import { Counter, Registry } from "prom-client";
import { accessTokenRefused, type RefusedAccessToken } from "./channels.ts";

/** Tokens of the admin API that were refused, by why, until disposed of. */
export class AccessMetrics implements Disposable {
  readonly #registry = new Registry();
  readonly #count: (refused: RefusedAccessToken) => void;

  constructor() {
    const refusals = new Counter({
      name: "appconn_admin_tokens_refused_total",
      help: "Requests to the admin API whose token is unknown, expired or revoked.",
      labelNames: ["reason"],
      registers: [this.#registry],
    });
    this.#count = ({ reason }) => refusals.inc({ reason });
    accessTokenRefused.subscribe(this.#count);
  }

  /** In the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    accessTokenRefused.unsubscribe(this.#count);
    this.#registry.clear();
  }
}
