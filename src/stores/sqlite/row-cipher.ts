import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import type { RowKey } from "./row-key.ts";

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CHECK_TEXT = "application-connector";
const CHECK_KEY: RowKey = { group: "", kind: "", namespace: "", name: "key-check" };

/** A sealed row that the key does not open. */
export class BrokenSeal extends Error {
  constructor({ kind, namespace, name }: RowKey, options?: ErrorOptions) {
    super(`the row of ${kind} ${namespace}/${name} does not open with the key`, options);
    this.name = "BrokenSeal";
  }
}

/**
 * AES-256-GCM over whole rows: format byte, random 96-bit nonce, ciphertext, tag. The key columns are
 * authenticated with it, so that a row copied to another name does not open.
 */
export class RowCipher {
  readonly #key: KeyObject;

  /** `key` has 32 bytes. */
  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
  }

  seal(row: RowKey, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    cipher.setAAD(additionalData(row));
    const sealed = [cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat([Buffer.of(FORMAT), nonce, ...sealed]);
  }

  /** Throws BrokenSeal where the key is another one or the row was changed or moved. */
  open(row: RowKey, sealed: Uint8Array): string {
    try {
      return this.#open(row, Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength));
    } catch (error) {
      throw new BrokenSeal(row, { cause: error });
    }
  }

  #open(row: RowKey, bytes: Buffer): string {
    if (bytes[0] !== FORMAT || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) throw new Error("unknown format");
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(row));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES), undefined, "utf8");
    return text + decipher.final("utf8");
  }

  /** A value that only this key opens, kept in the database to recognise the key by. */
  keyCheck(): Buffer {
    return this.seal(CHECK_KEY, CHECK_TEXT);
  }

  fits(keyCheck: Uint8Array): boolean {
    try {
      return this.open(CHECK_KEY, keyCheck) === CHECK_TEXT;
    } catch {
      return false;
    }
  }
}

function additionalData({ group, kind, namespace, name }: RowKey): Buffer {
  // NUL stands in none of the four, so two different keys never give the same bytes.
  return Buffer.from([group, kind, namespace, name].join("\0"));
}
