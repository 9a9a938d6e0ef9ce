import type { Authorisation } from "./provider.ts";

/** A value for the Authorization header, hidden from `util.inspect` and JSON. */
export class InjectedHeader implements Authorisation {
  readonly #header: string;
  constructor(header: string) {
    this.#header = header;
  }
  get header(): string {
    return this.#header;
  }
}
