import type { Clock } from "../../core/clock.ts";
import type { AdminToken } from "./admin-token.ts";
import type { Caller } from "./caller.ts";

/** The owner of the data directory, as audit records and reviews name him. */
export const ADMIN_USER = "admin";

/** How long what was opened with a replaced token may stay open, in milliseconds. */
const CHECK_INTERVAL = 500;

export type RootToken = Pick<AdminToken, "matches" | "refresh" | "onReplaced">;

/** Who presents the token of the file `admin-token`. */
export class RootCaller implements Disposable {
  readonly #token: RootToken;
  readonly #clock: Clock;
  readonly #replaced: Disposable;
  #end = new AbortController();
  #timer: Disposable | undefined;

  constructor(token: RootToken, clock: Clock) {
    this.#token = token;
    this.#clock = clock;
    this.#replaced = token.onReplaced(() => {
      this.#end.abort();
      this.#end = new AbortController();
    });
    this.#check();
  }

  callerOf(presented: string): Caller | undefined {
    if (!this.#token.matches(presented)) return undefined;
    return { name: ADMIN_USER, role: "admin", applications: undefined, ended: this.#end.signal };
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
  }

  /** A watch that is open asks for nothing, and so would never find out. */
  #check(): void {
    this.#token.refresh();
    this.#timer = this.#clock.after(CHECK_INTERVAL, () => this.#check());
  }
}
