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
  readonly text?: (value: string, place: Place) => void;
  readonly key?: (key: string, place: Place) => void;
}

/** Whose values are data of the callers and no part of the description. */
const LITERAL = new Set(["example", "examples", "default", "enum", "const", "value"]);

/**
 * Visits every text and key, aliases of YAML followed. Not recursive, and bounded: an alias within its own
 * anchor makes a document that never ends. Gives how many values there are, or why it stopped.
 */
export function walkDocument(root: unknown, walker: Walker): number | "depth" | "values" {
  const open: [value: object, place: Place][] = [];
  let values = 0;
  const meet = (value: unknown, place: Place): void => {
    values++;
    if (typeof value === "string") walker.text?.(value, place);
    else if (typeof value === "object" && value !== null) open.push([value, place]);
  };
  meet(root, { parent: undefined, key: "", depth: 0, literal: false });
  for (let next = open.pop(); next; next = open.pop()) {
    const [container, parent] = next;
    const depth = parent.depth + 1;
    if (depth > limits.depth) return "depth";
    for (const [key, value] of Object.entries(container)) {
      if (values > limits.values) return "values";
      const literal = parent.literal || LITERAL.has(key) || key.startsWith("x-");
      const place: Place = { parent, key, depth, literal };
      walker.key?.(key, place);
      meet(value, place);
    }
  }
  return values;
}

export function pointerOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place = place; at.parent; at = at.parent) steps.push(at.key);
  return writePointer(steps.toReversed());
}
