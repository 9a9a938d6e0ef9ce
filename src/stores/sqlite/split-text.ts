import type { Kind } from "../../core/resources/kind.ts";
import { withLargeList } from "../../core/resources/large-list.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { PlainObject } from "../../core/plain-object.ts";

/** The JSON text of an object without the items of its large list. */
export interface SplitText {
  readonly head: string;
  /** Characters of it that stand before the items. */
  readonly at: number;
}

/** The object must have the list. */
export function splitText(kind: Pick<Kind, "largeList">, value: Resource): SplitText {
  const empty = withLargeList(kind, value, []) as unknown as PlainObject;
  const before = textBefore(empty, kind.largeList ?? []);
  return { head: JSON.stringify(empty), at: before.length };
}

/** What JSON.stringify writes up to the items of the list at that path. */
function textBefore(value: PlainObject, [key = "", ...path]: readonly string[]): string {
  const keys = Object.keys(value);
  const earlier = Object.fromEntries(keys.slice(0, keys.indexOf(key)).map((each) => [each, value[each]]));
  const members = JSON.stringify(earlier).slice(0, -1);
  const inner = path.length === 0 ? "[" : textBefore(value[key] as PlainObject, path);
  return `${members}${members === "{" ? "" : ","}${JSON.stringify(key)}:${inner}`;
}

/** The text of the whole object. */
export function joinedText({ head, at }: SplitText, items: readonly string[]): string {
  return `${head.slice(0, at)}${items.join(",")}${head.slice(at)}`;
}
