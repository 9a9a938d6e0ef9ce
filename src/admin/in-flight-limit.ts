import type { ServerResponse } from "node:http";
import { AdminFailure } from "./admin-failure.ts";

/** How many requests of one sort may be answered at once; the next one is told to come back (429). */
export class InFlightLimit {
  readonly #most: number;
  #current = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get current(): number {
    return this.#current;
  }

  /** Counts until the response is closed. */
  enter(response: ServerResponse): void {
    if (this.#current >= this.#most) {
      throw new AdminFailure("ADMIN_TOO_MANY", [], { retryAfterSeconds: 1 });
    }
    this.#current++;
    response.once("close", () => this.#current--);
  }
}
