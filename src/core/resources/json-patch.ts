import { isDeepStrictEqual } from "node:util";
import { isPlainObject } from "../plain-object.ts";
import { readPointer, resolvePointer, type Place, type WantedPlace } from "./json-pointer.ts";

export type JsonPatchResult =
  | { readonly kind: "patched"; readonly value: unknown }
  /** It is no JSON patch at all. */
  | { readonly kind: "unreadable"; readonly problem: string }
  /** An operation cannot be done; the text gives its number and path and quotes no value. */
  | { readonly kind: "failed"; readonly problem: string }
  | { readonly kind: "too-large"; readonly problem: string };

/** Both as an API server limits them: a hundred `copy` operations could otherwise fill any memory. */
const MOST_OPERATIONS = 10_000;
const MOST_COPIED = 3_145_728;

/**
 * RFC 6902, all or nothing, and as an API server reads it in two things that people rely on: a member that is not there
 * can be replaced, and is null to a test. Changes `target` in place, which must be a JSON value that nobody else holds; what
 * it looks like after a failure is undefined. Keys such as `__proto__` are data, hence no library: they refuse
 * patches that name them.
 */
export function jsonPatch(target: unknown, patch: unknown): JsonPatchResult {
  if (!Array.isArray(patch)) return { kind: "unreadable", problem: "a JSON patch is a list of operations" };
  if (patch.length > MOST_OPERATIONS) {
    const problem = `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`;
    return { kind: "too-large", problem };
  }
  if (!patch.every(isOperation)) {
    return {
      kind: "unreadable",
      problem: 'each operation of a JSON patch is an object, and "op", "path" and "from" are texts',
    };
  }
  const document = new PatchedDocument(target);
  for (const [index, operation] of patch.entries()) {
    try {
      document.apply(operation);
    } catch (error) {
      if (error instanceof CopiedTooMuch) return { kind: "too-large", problem: error.message };
      if (!(error instanceof Undoable)) throw error;
      return { kind: "failed", problem: `operation ${index + 1}${shownPath(operation)}: ${error.message}` };
    }
  }
  return { kind: "patched", value: document.value };
}

/** Leave the operations; they never leave this file. */
class Undoable extends Error {}
class CopiedTooMuch extends Error {}

/** Characters of a path that a message shows. */
const LONGEST_PATH = 256;

function shownPath({ op, path }: Operation): string {
  const isKnown = typeof op === "string" && OPERATIONS.has(op);
  if (!isKnown || typeof path !== "string" || !readPointer(path)) return "";
  return ` (${op} ${path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path || '""'})`;
}

type Operation = Readonly<Record<string, unknown>>;

function isOperation(value: unknown): value is Operation {
  return (
    isPlainObject(value) && ["op", "path", "from"].every((key) => typeof (value[key] ?? "") === "string")
  );
}

const OPERATIONS: ReadonlySet<string> = new Set(["add", "remove", "replace", "move", "copy", "test"]);

class PatchedDocument {
  value: unknown;
  #copied = 0;

  constructor(value: unknown) {
    this.value = value;
  }

  apply(operation: Operation): void {
    const { op } = operation;
    if (typeof op !== "string" || !OPERATIONS.has(op)) throw new Undoable("there is no such operation");
    const path = pointerOf(operation, "path");
    switch (op) {
      case "add":
        return this.#add(path, valueOf(operation));
      case "replace":
        return this.#replace(path, valueOf(operation));
      case "remove":
        return this.#remove(path);
      case "test":
        if (isDeepStrictEqual(this.#tested(path), valueOf(operation))) return;
        throw new Undoable("the value is another one");
      case "copy":
        return this.#add(path, this.#copy(pointerOf(operation, "from")));
      default:
        return this.#move(pointerOf(operation, "from"), path);
    }
  }

  #get(path: readonly string[]): unknown {
    return path.length === 0 ? this.value : this.#place(path).get();
  }

  #tested(path: readonly string[]): unknown {
    return path.length === 0 ? this.value : (this.#place(path, "member or item").get() ?? null);
  }

  #add(path: readonly string[], value: unknown): void {
    if (path.length === 0) this.value = value;
    else this.#place(path, "for a new value").put(value);
  }

  #replace(path: readonly string[], value: unknown): void {
    if (path.length === 0) this.value = value;
    else this.#place(path, "member or item").set(value);
  }

  #remove(path: readonly string[]): void {
    if (path.length === 0) throw new Undoable("the whole object cannot be removed");
    this.#place(path).remove();
  }

  #move(from: readonly string[], path: readonly string[]): void {
    const isInside = from.length < path.length && from.every((token, index) => token === path[index]);
    if (isInside) throw new Undoable("a value cannot be moved into itself");
    const value = this.#get(from);
    if (from.length > 0) this.#remove(from);
    this.#add(path, value);
  }

  #copy(from: readonly string[]): unknown {
    const text = JSON.stringify(this.#get(from));
    this.#copied += Buffer.byteLength(text);
    if (this.#copied > MOST_COPIED) {
      throw new CopiedTooMuch(`a JSON patch may copy ${MOST_COPIED} bytes, this one copies more`);
    }
    return JSON.parse(text);
  }

  #place(path: readonly string[], wanted: WantedPlace = "that is there"): Place {
    const place = resolvePointer(this.value, path, wanted);
    if (!place) throw new Undoable("the path does not exist");
    return place;
  }
}

function pointerOf(operation: Operation, key: "path" | "from"): readonly string[] {
  const pointer = readPointer(operation[key]);
  if (!pointer) throw new Undoable(`"${key}" is no JSON pointer`);
  return pointer;
}

function valueOf(operation: Operation): unknown {
  if (Object.hasOwn(operation, "value")) return operation["value"];
  throw new Undoable("there is no value");
}
