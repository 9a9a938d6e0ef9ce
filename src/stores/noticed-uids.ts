import type { Clock } from "../core/clock.ts";
import { apiVersionOf, type Kind } from "../core/resources/kind.ts";
import type { NoticedObject } from "../telemetry/channels.ts";
import type { Store } from "./store.ts";

/** Milliseconds for which an answer is taken: the object may be made anew. */
const REMEMBERED = 60_000;
const LIMIT = 500;

export interface NoticedUidsOptions {
  readonly store: Pick<Store, "collection">;
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
}

interface Answer {
  readonly uid: string | undefined;
  readonly until: number;
}

/** Finds the identity of an object that is known by its name: `describe` asks for its Events by it. */
export class NoticedUids {
  readonly #options: NoticedUidsOptions;
  readonly #answers = new Map<string, Answer>();

  constructor(options: NoticedUidsOptions) {
    this.#options = options;
  }

  /** undefined where there is no such object, or no such kind. */
  async find(object: NoticedObject): Promise<string | undefined> {
    const { apiVersion, kind: word, namespace, name } = object;
    if (object.uid !== undefined) return object.uid;
    const { store, kinds, clock } = this.#options;
    const key = JSON.stringify([apiVersion, word, namespace, name]);
    const known = this.#answers.get(key);
    if (known && clock.monotonic() < known.until) return known.uid;
    const kind = kinds.find((one) => one.kind === word && apiVersionOf(one) === apiVersion);
    const ref = namespace === undefined ? { name } : { name, namespace };
    const uid = kind && (await store.collection(kind).get(ref))?.metadata.uid;
    this.#answers.delete(key);
    this.#answers.set(key, { uid, until: clock.monotonic() + REMEMBERED });
    if (this.#answers.size > LIMIT) {
      const [oldest = ""] = this.#answers.keys();
      this.#answers.delete(oldest);
    }
    return uid;
  }
}
