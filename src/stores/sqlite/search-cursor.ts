import { hash } from "node:crypto";
import type { PlainObject } from "../../core/plain-object.ts";
import { StoreFailure } from "../store-failure.ts";
import { readPlace, writePageToken } from "./page-token.ts";
import type { SearchPlan } from "./search-protocol.ts";

type Search = Pick<SearchPlan, "match" | "application" | "kind">;

/** Nobody reads further, and what goes before is found anew for every page. */
const LAST_OFFSET = 10_000;

/** Where the next page of a search begins; undefined beyond the last page that is given. */
export function writeSearchCursor(search: Search, offset: number): string | undefined {
  return offset > LAST_OFFSET ? undefined : writePageToken({ offset, search: markOf(search) });
}

/** SEARCH_BAD_CURSOR for what is none, or that of another search. */
export function readSearchCursor(cursor: string, search: Search): number {
  const mark = markOf(search);
  const offset = readPlace(cursor, (place) => (place["search"] === mark ? offsetIn(place) : undefined));
  if (offset === undefined) throw new StoreFailure("SEARCH_BAD_CURSOR");
  return offset;
}

function offsetIn({ offset }: PlainObject): number | undefined {
  const isOffset =
    Number.isSafeInteger(offset) && (offset as number) > 0 && (offset as number) <= LAST_OFFSET;
  return isOffset ? (offset as number) : undefined;
}

function markOf({ match, application, kind }: Search): string {
  return hash("sha256", JSON.stringify([match, application, kind]), "base64url").slice(0, 16);
}
