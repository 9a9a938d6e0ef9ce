import { isPlainObject, ownValue, setOwn, type PlainObject } from "../plain-object.ts";

/** `/spec/labels/a~1b` → its names; undefined where it is no pointer (RFC 6901 §3). */
export function readPointer(text: unknown): readonly string[] | undefined {
  if (text === "") return [];
  if (typeof text !== "string" || !text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A member of an object, or an item of a list, that can be changed. */
export interface Place {
  get(): unknown;
  set(value: unknown): void;
  /** In a list, what stood there moves on by one. */
  put(value: unknown): void;
  remove(): void;
}

/**
 * For a new value also a member that its object does not have yet, and the end of a list; as a member or item only the
 * former.
 */
export type WantedPlace = "that is there" | "member or item" | "for a new value";

/** What a pointer, which is not empty, names in a JSON value; undefined where there is no such place. */
export function resolvePointer(
  root: unknown,
  pointer: readonly string[],
  wanted: WantedPlace,
): Place | undefined {
  let holder = root;
  for (const token of pointer.slice(0, -1)) {
    const place = placeIn(holder, token);
    if (!place) return undefined;
    holder = place.get();
  }
  const last = pointer.at(-1) ?? "";
  if (wanted === "that is there" || (wanted === "member or item" && Array.isArray(holder))) {
    return placeIn(holder, last);
  }
  return newPlaceIn(holder, last);
}

function placeIn(holder: unknown, token: string): Place | undefined {
  if (Array.isArray(holder)) {
    const index = indexOf(token);
    return index < holder.length ? new ItemPlace(holder, index) : undefined;
  }
  return isPlainObject(holder) && Object.hasOwn(holder, token) ? new MemberPlace(holder, token) : undefined;
}

function newPlaceIn(holder: unknown, token: string): Place | undefined {
  if (Array.isArray(holder)) {
    const index = token === "-" ? holder.length : indexOf(token);
    return index <= holder.length ? new ItemPlace(holder, index) : undefined;
  }
  return isPlainObject(holder) ? new MemberPlace(holder, token) : undefined;
}

/** RFC 6901 §4: digits without leading zeros. */
function indexOf(token: string): number {
  return /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.POSITIVE_INFINITY;
}

class MemberPlace implements Place {
  readonly #object: PlainObject;
  readonly #key: string;

  constructor(object: PlainObject, key: string) {
    this.#object = object;
    this.#key = key;
  }

  get(): unknown {
    return ownValue(this.#object, this.#key);
  }

  set(value: unknown): void {
    setOwn(this.#object, this.#key, value);
  }

  put(value: unknown): void {
    this.set(value);
  }

  remove(): void {
    Reflect.deleteProperty(this.#object, this.#key);
  }
}

class ItemPlace implements Place {
  readonly #list: unknown[];
  readonly #index: number;

  constructor(list: unknown[], index: number) {
    this.#list = list;
    this.#index = index;
  }

  get(): unknown {
    return this.#list[this.#index];
  }

  set(value: unknown): void {
    this.#list[this.#index] = value;
  }

  put(value: unknown): void {
    this.#list.splice(this.#index, 0, value);
  }

  remove(): void {
    this.#list.splice(this.#index, 1);
  }
}
