import type { RowCipher } from "./row-cipher.ts";
import type { RowKey } from "./row-key.ts";
import type { RowText } from "./row-text.ts";

/**
 * The text of an object as it is stored: plain, or sealed where the kind is secret. It is opened only when
 * somebody reads it, and a copy into the change log needs no opening at all.
 */
export class SealedText implements RowText {
  readonly stored: string | Uint8Array;
  readonly #cipher: RowCipher;
  readonly #key: RowKey;

  constructor(cipher: RowCipher, key: RowKey, stored: string | Uint8Array) {
    this.#cipher = cipher;
    this.#key = key;
    this.stored = stored;
  }

  get sealed(): boolean {
    return typeof this.stored !== "string";
  }

  /** The JSON text. */
  read(): string {
    return typeof this.stored === "string" ? this.stored : this.#cipher.open(this.#key, this.stored);
  }
}
