import { writePointer } from "./json-pointer.ts";
import { limits } from "./limits.ts";

/** Where a value stands; its pointer is written only for what is found. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string;
  readonly depth: number;
  /** Whether it stands in an example or the like, where nothing has a meaning. */
  readonly literal: boolean;
}

export interface Walker {
  /** Whose members are met; elements of lists have numbers for keys, and never are. */
  readonly keys: ReadonlySet<string>;
  readonly meet: (value: unknown, place: Place) => void;
}

/** Whose values are data of the callers and no part of the description. */
const LITERAL = new Set(["example", "examples", "default", "enum", "const", "value"]);

/**
 * Visits every value, aliases of YAML followed. Not recursive, and bounded: an alias within its own anchor makes
 * a document that never ends. Gives how many values there are, or why it stopped. A document has thousands: a
 * place is made only for what is met, and for what has values of its own.
 */
export function walkDocument(root: unknown, walker?: Walker): number | "depth" | "values" {
  const open: [value: object, place: Place][] = [];
  if (isContainer(root)) open.push([root, { parent: undefined, key: "", depth: 0, literal: false }]);
  let values = 1;
  for (let next = open.pop(); next; next = open.pop()) {
    const [container, parent] = next;
    if (parent.depth >= limits.depth) return "depth";
    const isList = Array.isArray(container);
    for (const key of Object.keys(container)) {
      if (values > limits.values) return "values";
      values++;
      const value = (container as Readonly<Record<string, unknown>>)[key];
      const isMet = !isList && walker?.keys.has(key);
      if (!isMet && !isContainer(value)) continue;
      const place = placeIn(parent, key, isList);
      if (isMet) walker?.meet(value, place);
      if (isContainer(value)) open.push([value, place]);
    }
  }
  return values;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function placeIn(parent: Place, key: string, isElement: boolean): Place {
  const literal = parent.literal || (!isElement && (LITERAL.has(key) || key.startsWith("x-")));
  return { parent, key, depth: parent.depth + 1, literal };
}

export function pointerOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place = place; at.parent; at = at.parent) steps.push(at.key);
  return writePointer(steps.toReversed());
}
