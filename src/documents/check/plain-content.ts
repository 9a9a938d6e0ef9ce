import { activeContent } from "./active-content.ts";
import { limits } from "./limits.ts";
import { ReferenceCheck } from "./reference-check.ts";

/**
 * How many values there are, where nothing is to be said of any of them; undefined where each has to be looked at with
 * its place. Nearly all documents are of the first kind, and places are what costs most.
 */
export function countPlainValues(root: unknown): number | undefined {
  const walk: Walk = { values: 1, references: new ReferenceCheck(root) };
  return isPlain(root, 0, walk) ? walk.values : undefined;
}

interface Walk {
  values: number;
  readonly references: ReferenceCheck;
}

/** Recursive, for it ends where documents nest too deeply. */
function isPlain(value: unknown, depth: number, walk: Walk): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= limits.depth || walk.values > limits.values) return false;
  if (Array.isArray(value)) {
    walk.values += value.length;
    for (const item of value) if (!isPlain(item, depth + 1, walk)) return false;
    return true;
  }
  const keys = Object.keys(value);
  walk.values += keys.length;
  for (const key of keys) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof member === "string") {
      if (!isPlainText(key, member, walk)) return false;
    } else if (key === "__proto__" || !isPlain(member, depth + 1, walk)) return false;
  }
  return true;
}

function isPlainText(key: string, text: string, { references }: Walk): boolean {
  switch (key) {
    case "description":
    case "summary":
    case "title":
      return activeContent(text) === undefined;
    case "$ref":
      return references.leadsSomewhere(text);
    case "$id":
    case "$anchor":
    case "$dynamicAnchor":
    case "__proto__":
      return false;
    default:
      return true;
  }
}
