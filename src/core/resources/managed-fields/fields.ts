/**
 * A set of fields of an object, as `fieldsV1` of Kubernetes writes it: `f:name` a member of an object or map,
 * `k:{"uid":"u"}` an item of a keyed list, `v:"a"` an item of a set, `.` the node itself, and an empty node a leaf,
 * which is in the set itself (admin-api spec §9). No name of a node can be `__proto__`.
 */
export interface Fields {
  readonly [step: string]: Fields;
}

/** The set without any field has no nodes, so it is undefined. */
export type FieldSet = Fields | undefined;

export const LEAF: Fields = Object.freeze({});

const SELF = ".";

/** A node with these below it; `own` where it is in the set itself. */
export function fieldNode(own: boolean, below: readonly (readonly [string, Fields])[]): FieldSet {
  if (below.length === 0) return own ? LEAF : undefined;
  const node: Record<string, Fields> = own ? { [SELF]: LEAF } : {};
  for (const [step, inner] of below) node[step] = inner;
  return node;
}

/** The set with the one field at that path. */
export function fieldAt(path: readonly string[]): Fields {
  return path.reduceRight<Fields>((inner, name) => ({ [`f:${name}`]: inner }), LEAF);
}

export function unite(left: FieldSet, right: FieldSet): FieldSet {
  if (!left || !right) return left ?? right;
  const below = stepsOf(left).map((step) => [step, unite(left[step], nodeAt(right, step)) ?? LEAF] as const);
  const more = stepsOf(right).filter((step) => !Object.hasOwn(left, step));
  const added = more.map((step) => [step, right[step] ?? LEAF] as const);
  return fieldNode(isOwn(left) || isOwn(right), [...below, ...added]);
}

/** `left` without what is in `right`. */
export function subtract(left: FieldSet, right: FieldSet): FieldSet {
  if (!left || !right) return left;
  const below = stepsOf(left).map((step) => [step, subtract(left[step], nodeAt(right, step))] as const);
  return fieldNode(isOwn(left) && !isOwn(right), below.filter(isThere));
}

/** `left` without what is in `right`, nor anything below that. */
export function subtractBranches(left: FieldSet, right: FieldSet): FieldSet {
  if (!left || !right) return left;
  if (isOwn(right)) return undefined;
  const below = stepsOf(left).map(
    (step) => [step, subtractBranches(left[step], nodeAt(right, step))] as const,
  );
  return fieldNode(isOwn(left), below.filter(isThere));
}

export function intersect(left: FieldSet, right: FieldSet): FieldSet {
  if (!left || !right) return undefined;
  const below = stepsOf(left).map((step) => [step, intersect(left[step], nodeAt(right, step))] as const);
  return fieldNode(isOwn(left) && isOwn(right), below.filter(isThere));
}

/** What is below that step; undefined where nothing is. */
export function nodeAt(fields: FieldSet, step: string): FieldSet {
  return fields && Object.hasOwn(fields, step) ? fields[step] : undefined;
}

function stepsOf(fields: Fields): string[] {
  return Object.keys(fields).filter((step) => step !== SELF);
}

/** Of a node, not of a whole set: whether it is in the set itself. */
function isOwn(node: Fields): boolean {
  return Object.hasOwn(node, SELF) || Object.keys(node).length === 0;
}

function isThere(entry: readonly [string, FieldSet]): entry is readonly [string, Fields] {
  return entry[1] !== undefined;
}

/** Every field of the set as `.spec.labels.x`; those of a node before those further down, each in order. */
export function fieldPaths(fields: FieldSet, path = ""): string[] {
  if (!fields) return [];
  const steps = stepsOf(fields).toSorted();
  const own = steps.filter((step) => isOwn(fields[step] ?? LEAF)).map((step) => path + shownStep(step));
  const below = steps.filter((step) => Object.keys(fields[step] ?? LEAF).length > 0);
  return [...own, ...below.flatMap((step) => fieldPaths(fields[step], path + shownStep(step)))];
}

function shownStep(step: string): string {
  const value = step.slice(2);
  if (step.startsWith("f:")) return `.${value}`;
  if (step.startsWith("v:")) return `[=${value}]`;
  return step.startsWith("k:") ? shownKey(value) : `[${value}]`;
}

function shownKey(text: string): string {
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
}
