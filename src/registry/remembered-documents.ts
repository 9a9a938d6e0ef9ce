import type { EmbeddedContent } from "./embedded-content.ts";
import type { LargeWork } from "./large/large-work.ts";
import type { DocumentReference } from "./service-documents.ts";

/** Bytes that all remembered documents may have together: a thousand services with 50 KB each find room. */
const CAPACITY = 64 * 1024 * 1024;
/** Of one: its hash, and what is needed around it. */
const OVERHEAD = 512;

/**
 * Documents as answers embed them, remembered for those that are read again: a specification of 10 MB costs tenths
 * of a second. By the hash of the content, which never changes under it.
 */
export class RememberedDocuments {
  readonly #large: Pick<LargeWork, "embed">;
  /** The one used last stands last. */
  readonly #remembered = new Map<string, EmbeddedContent>();
  readonly #making = new Map<string, Promise<EmbeddedContent>>();
  #size = 0;

  constructor(large: Pick<LargeWork, "embed">) {
    this.#large = large;
  }

  /** `read` gives the content, which must not be used otherwise; it is not asked for what is remembered. */
  async get({ hash }: DocumentReference, read: () => Promise<Uint8Array>): Promise<EmbeddedContent> {
    const known = this.#remembered.get(hash);
    if (known) {
      this.#remembered.delete(hash);
      this.#remembered.set(hash, known);
      return known;
    }
    // Whoever asks at the same time waits for the same bytes, rather than making them once more.
    const making = this.#making.get(hash) ?? this.#make(hash, read);
    return await making;
  }

  #make(hash: string, read: () => Promise<Uint8Array>): Promise<EmbeddedContent> {
    const making = read()
      .then((content) => this.#large.embed(content))
      .then((embedded) => this.#remember(hash, embedded))
      .finally(() => this.#making.delete(hash));
    this.#making.set(hash, making);
    return making;
  }

  #remember(hash: string, embedded: EmbeddedContent): EmbeddedContent {
    const length = embedded.json.length + OVERHEAD;
    // One document alone does not drive out all others.
    if (length > CAPACITY / 2) return embedded;
    this.#remembered.set(hash, embedded);
    this.#size += length;
    for (const [oldest, { json }] of this.#remembered) {
      if (this.#size <= CAPACITY) break;
      this.#remembered.delete(oldest);
      this.#size -= json.length + OVERHEAD;
    }
    return embedded;
  }
}
