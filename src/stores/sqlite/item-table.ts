import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ListSplice } from "./protocol.ts";

/** Items that one object may have, put there over all its life; its number stands above them in the key. */
const PLACES = 2 ** 24;

/**
 * The items of large lists, in their order. The key is the object's number and the item's place, so that those of
 * one object stand side by side and a new one at the end costs one page. Writes run inside the caller's transaction.
 */
export class ItemTable {
  readonly #texts: StatementSync;
  readonly #at: StatementSync;
  readonly #last: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#texts = database.prepare("SELECT body FROM items WHERE place >= ? AND place < ? ORDER BY place");
    this.#at = database.prepare(
      "SELECT place, octet_length(body) AS bytes FROM items WHERE place >= ? AND place < ? ORDER BY place LIMIT ? OFFSET ?",
    );
    this.#last = database.prepare("SELECT max(place) AS place FROM items WHERE place >= ? AND place < ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO items (place, body) VALUES (?, ?)");
    this.#delete = database.prepare("DELETE FROM items WHERE place >= ? AND place < ?");
  }

  texts(object: number): string[] {
    return this.#texts.all(...placesOf(object)).map(({ body }) => String(body));
  }

  /** Gives the bytes of all of them. */
  replace(object: number, texts: readonly string[]): number {
    this.remove(object);
    const [first] = placesOf(object);
    return this.#append(first, texts);
  }

  remove(object: number): void {
    this.#delete.run(...placesOf(object));
  }

  /** Gives by how many bytes there are more now; undefined where there are no places for them, and nothing is changed. */
  splice(object: number, { start, removed, items, length }: ListSplice): number | undefined {
    const [first, end] = placesOf(object);
    if (start === length) {
      const last = this.#last.get(first, end)?.["place"];
      const next = typeof last === "number" ? last + 1 : first;
      return next + items.length <= end ? this.#append(next, items) : undefined;
    }
    const gone = this.#at.all(first, end, removed, start);
    if (items.length > gone.length) return undefined;
    for (const [index, { place }] of gone.entries()) {
      const item = items[index];
      if (item === undefined) this.#delete.run(Number(place), Number(place) + 1);
      else this.#put.run(Number(place), item);
    }
    return sum(items.map((item) => Buffer.byteLength(item))) - sum(gone.map(({ bytes }) => Number(bytes)));
  }

  #append(first: number, texts: readonly string[]): number {
    for (const [index, text] of texts.entries()) this.#put.run(first + index, text);
    return sum(texts.map((text) => Buffer.byteLength(text)));
  }
}

function placesOf(object: number): [number, number] {
  return [object * PLACES, (object + 1) * PLACES];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
