import { InjectedHeader } from "./injected-header.ts";

/** What one caller's token was exchanged for. */
export class ExchangedToken extends InjectedHeader {
  /** The caller's: nothing that comes of it is for others. */
  readonly personal = true;
  /** Where it is kept; a hash. */
  readonly key: string;
  /** Milliseconds from when it was read. */
  readonly lifetime: number;

  constructor(accessToken: string, key: string, lifetime: number) {
    super(`Bearer ${accessToken}`);
    this.key = key;
    this.lifetime = lifetime;
  }
}
