import { fieldNode, LEAF, type Fields, type FieldSet } from "./fields.ts";
import { membersOf, type Shape } from "./members.ts";

/** Every field that an object has, objects themselves included: what belongs to whoever made it. */
export function fieldsOf(value: unknown, shape: Shape = "object"): FieldSet {
  return collect(value, shape, true);
}

/** The fields that the body of an apply names; of an object that is not empty, only what is in it. */
export function namedFields(value: unknown): FieldSet {
  return collect(value, "object", false);
}

function collect(value: unknown, shape: Shape, withNodes: boolean): FieldSet {
  const isPart = shape === "object" || shape === "metadata";
  const members = membersOf(value, shape);
  if (!members || members.length === 0) {
    // An empty set, or keyed list, names nothing: of such there are only the items.
    const isNothing = isPart || (!withNodes && members !== undefined && Array.isArray(value));
    return isNothing ? undefined : LEAF;
  }
  const below: [string, Fields][] = [];
  for (const { step, value: inner, shape: innerShape } of members) {
    const fields = collect(inner, innerShape, withNodes);
    if (fields) below.push([step, fields]);
  }
  return fieldNode(withNodes && !isPart, below);
}
