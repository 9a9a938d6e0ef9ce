import { createHmac, randomBytes } from "node:crypto";
import { secretKind, type Secret } from "../../core/resources/secret.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import type { Collection, Store } from "../../stores/store.ts";
import type { RegistrationMark } from "./registration-memory.ts";
import { AS_REGISTRY } from "../as-registry.ts";

const NAME = "registry-idempotency";
const ENTRY = "key";
/** Bytes of a mark that are kept: enough that no two are ever the same. */
const KEPT = 16;

/**
 * Says of a registration what may be remembered of it in the open. A body holds passwords, and its plain hash would
 * let whoever reads an Application try some: so a key that stands in a Secret goes into each mark.
 */
export class RegistrationMarks {
  readonly #secrets: Collection<Secret>;
  readonly #namespace: string;
  #secret: Promise<Buffer> | undefined;

  constructor(store: Store, namespace: string) {
    this.#secrets = store.collection<Secret>(secretKind, AS_REGISTRY);
    this.#namespace = namespace;
  }

  /**
   * `application`: its uid, so that another one of the same name remembers nothing of it; `digest`: the SHA-256 of
   * the body.
   */
  async markOf(application: string, key: string, digest: Uint8Array): Promise<RegistrationMark> {
    const secret = await this.#known();
    const hmac = (...parts: readonly (string | Uint8Array)[]) => {
      const hash = createHmac("sha256", secret);
      for (const part of parts) hash.update(part);
      return hash.digest().subarray(0, KEPT).toString("base64url");
    };
    const place = `${application}\n${key}\n`;
    return { key: hmac("key\n", place), body: hmac("body\n", place, digest) };
  }

  async #known(): Promise<Buffer> {
    try {
      return await (this.#secret ??= this.#obtain());
    } catch (error) {
      this.#secret = undefined;
      throw error;
    }
  }

  async #obtain(): Promise<Buffer> {
    const stored = await this.#read();
    if (stored) return stored;
    const made = randomBytes(32);
    try {
      const metadata = { name: NAME, namespace: this.#namespace };
      await this.#secrets.create({ metadata, type: "Opaque", data: { [ENTRY]: made.toString("base64") } });
      return made;
    } catch (error) {
      // Another process was quicker, and both must use the same.
      const theirs = isStoreFailure(error, "STORE_ALREADY_EXISTS") ? await this.#read() : undefined;
      if (theirs) return theirs;
      throw error;
    }
  }

  async #read(): Promise<Buffer | undefined> {
    const secret = await this.#secrets.get({ name: NAME, namespace: this.#namespace });
    return secret && Buffer.from(secret.data?.[ENTRY] ?? "", "base64");
  }
}
