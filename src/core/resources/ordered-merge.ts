/**
 * How a strategic merge orders a list whose items have an identity: the items that the patch names stand in
 * the patch's order, the others keep theirs, and where both had a place in the old list that place decides
 * (seen at the API server).
 */
export interface Ordering<Item> {
  readonly items: readonly Item[];
  /** The order that the patch gives; items that are not in it are the old list's own. */
  readonly order: readonly string[];
  /** Identities in the order of the old list. */
  readonly former: readonly string[];
  readonly identify: (item: Item) => string;
}

export function orderedMerge<Item>({ items, order, former, identify }: Ordering<Item>): Item[] {
  const rank = (sequence: readonly string[]) => (left: Item, right: Item) =>
    sequence.indexOf(identify(left)) - sequence.indexOf(identify(right));
  const named = items.filter((item) => order.includes(identify(item))).toSorted(rank(order));
  const own = items.filter((item) => !order.includes(identify(item))).toSorted(rank(former));
  const merged: Item[] = [];
  for (const item of named) {
    const place = former.indexOf(identify(item));
    while (own[0] !== undefined && place > former.indexOf(identify(own[0]))) merged.push(own.shift() as Item);
    merged.push(item);
  }
  return [...merged, ...own];
}
