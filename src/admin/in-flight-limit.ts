import type { ServerResponse } from "node:http";
import { AdminFailure } from "./admin-failure.ts";

/** How many requests of one sort may be answered at once; the next one is told to come back (429). */
export class InFlightLimit {
  readonly #most: number;
  readonly #sort: string;
  #current = 0;

  /** `sort` is what they are called in the refusal. */
  constructor(most: number, sort: string) {
    this.#most = most;
    this.#sort = sort;
  }

  get current(): number {
    return this.#current;
  }

  /** Counts until the response is closed. */
  enter(response: ServerResponse): void {
    if (this.#current >= this.#most) {
      throw new AdminFailure("ADMIN_TOO_MANY", [this.#sort, this.#most], { retryAfterSeconds: 1 });
    }
    this.#current++;
    response.once("close", () => this.#current--);
  }
}
