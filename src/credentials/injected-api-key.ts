import type { ApiKey, Authorisation } from "./provider.ts";

/** Hidden from `util.inspect` and JSON. */
export class InjectedApiKey implements Authorisation, ApiKey {
  readonly place: ApiKey["place"];
  readonly name: string;
  readonly #text: string;

  constructor(place: ApiKey["place"], name: string, text: string) {
    this.place = place;
    this.name = name;
    this.#text = text;
  }

  get apiKey(): ApiKey {
    return this;
  }

  get text(): string {
    return this.#text;
  }
}
