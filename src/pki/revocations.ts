/** What a store tells of revocations; the first `revoked` up to `synced` are all that there were. */
export type RevocationEvent =
  | { readonly type: "revoked"; readonly revocation: { readonly hash: string } }
  | { readonly type: "synced" }
  | { readonly type: "expired"; readonly hash: string };

/**
 * Which certificates are revoked, in memory: asked for every request. Hashes are lower-case hex SHA-256 of
 * the DER.
 */
export class RevocationSet {
  #hashes = new Set<string>();
  /** What a watch has told so far, until its list is complete. */
  #listed: Set<string> | undefined;
  #isLoaded = false;

  /** Whether the list was complete once. Before, nobody may be let through. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get size(): number {
    return this.#hashes.size;
  }

  has(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  /** As `has`, but undefined where the list was never loaded and `hash` is not in what there is of it. */
  check(hash: string): boolean | undefined {
    return this.#hashes.has(hash) || (this.#isLoaded ? false : undefined);
  }

  /** For a revocation that is known before the store tells of it: it counts at once. */
  add(hash: string): void {
    this.#hashes.add(hash);
    this.#listed?.add(hash);
  }

  /**
   * Follows one watch of a store until it ends; one at a time. Where an earlier watch broke off, the last known
   * list stays in force until the new one is complete, which `synced` tells; what it no longer has is dropped then.
   */
  async follow(events: AsyncIterable<RevocationEvent>, synced = () => {}): Promise<void> {
    this.#listed = new Set();
    for await (const event of events) {
      if (event.type === "revoked") this.add(event.revocation.hash);
      else if (event.type === "expired") this.#remove(event.hash);
      else {
        this.#complete();
        synced();
      }
    }
  }

  #remove(hash: string): void {
    this.#hashes.delete(hash);
    this.#listed?.delete(hash);
  }

  #complete(): void {
    this.#hashes = this.#listed ?? this.#hashes;
    this.#listed = undefined;
    this.#isLoaded = true;
  }
}
