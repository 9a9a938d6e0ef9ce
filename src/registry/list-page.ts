/** One page of a list, and where the next begins. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** undefined on the last page. */
  readonly next: string | undefined;
}

/** Items of a page at most; whoever asks for more is given as many. */
const LONGEST_PAGE = 1000;

/** How many items a query asks for; undefined: all, as the original gives them. `bad`: no number from 1 on. */
export function readLimit(text: string | null): number | undefined | "bad" {
  if (text === null) return undefined;
  return /^[1-9]\d{0,8}$/.test(text) ? Math.min(Number(text), LONGEST_PAGE) : "bad";
}

/**
 * The items behind the one that the token names. Where that is gone, those from its place on: nothing is left out
 * that was there all the time, unless others before it went at the same time. undefined: no token of ours.
 */
export function pageOf<Item extends { readonly id: string }>(
  all: readonly Item[],
  { limit, token }: { readonly limit: number; readonly token: string | undefined },
): ListPage<Item> | undefined {
  const begin = token === undefined ? 0 : beginOf(all, token);
  if (begin === undefined) return undefined;
  const items = all.slice(begin, begin + limit);
  const end = begin + items.length;
  const last = items.at(-1);
  const next = last && end < all.length ? writeToken({ id: last.id, end }) : undefined;
  return { items, next };
}

interface Place {
  /** Of the last item of the page before. */
  readonly id: string;
  /** How many items stood up to it. */
  readonly end: number;
}

function beginOf(all: readonly { readonly id: string }[], token: string): number | undefined {
  const place = readToken(token);
  if (!place) return undefined;
  const { id, end } = place;
  // Nearly always it stands where it stood.
  const index = all[end - 1]?.id === id ? end - 1 : all.findIndex((item) => item.id === id);
  return index >= 0 ? index + 1 : Math.max(end - 1, 0);
}

function writeToken({ id, end }: Place): string {
  return Buffer.from(`${end} ${id}`).toString("base64url");
}

function readToken(token: string): Place | undefined {
  const [, end, id] = /^([1-9]\d{0,8}) (.*)$/s.exec(Buffer.from(token, "base64url").toString()) ?? [];
  return end === undefined || id === undefined ? undefined : { end: Number(end), id };
}
