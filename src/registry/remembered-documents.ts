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
  /** The one used last stands last. A content has not been asked for yet: it is embedded by the first who does. */
  readonly #remembered = new Map<string, EmbeddedContent | Uint8Array>();
  readonly #making = new Map<string, Promise<EmbeddedContent>>();
  #size = 0;

  constructor(large: Pick<LargeWork, "embed">) {
    this.#large = large;
  }

  /** Content that will probably be asked for, which must not be used otherwise. */
  add(hash: string, content: Uint8Array): void {
    if (!this.#remembered.has(hash)) this.#remember(hash, content);
  }

  /** `read` gives the content, which must not be used otherwise; it is not asked for what is remembered. */
  async get({ hash }: DocumentReference, read: () => Promise<Uint8Array>): Promise<EmbeddedContent> {
    const known = this.#forget(hash);
    if (known && "json" in known) {
      this.#remember(hash, known);
      return known;
    }
    // Whoever asks at the same time waits for the same bytes, rather than making them once more.
    const making = this.#making.get(hash) ?? this.#make(hash, known ? async () => known : read);
    return await making;
  }

  #make(hash: string, read: () => Promise<Uint8Array>): Promise<EmbeddedContent> {
    const making = read()
      .then((content) => this.#large.embed(content))
      .then((embedded) => {
        this.#forget(hash);
        this.#remember(hash, embedded);
        return embedded;
      })
      .finally(() => this.#making.delete(hash));
    this.#making.set(hash, making);
    return making;
  }

  #remember(hash: string, remembered: EmbeddedContent | Uint8Array): void {
    // One document alone does not drive out all others.
    if (sizeOf(remembered) > CAPACITY / 2) return;
    this.#remembered.set(hash, remembered);
    this.#size += sizeOf(remembered);
    for (const oldest of this.#remembered.keys()) {
      if (this.#size <= CAPACITY) break;
      this.#forget(oldest);
    }
  }

  #forget(hash: string): EmbeddedContent | Uint8Array | undefined {
    const remembered = this.#remembered.get(hash);
    if (remembered && this.#remembered.delete(hash)) this.#size -= sizeOf(remembered);
    return remembered;
  }
}

/** Bytes. */
function sizeOf(remembered: EmbeddedContent | Uint8Array): number {
  return ("json" in remembered ? remembered.json.length : remembered.length) + OVERHEAD;
}
