import type { Resource } from "../core/resources/resource.ts";
import type { Abortable, Collection, Selector } from "../stores/store.ts";

/** Objects per page. */
const PAGE = 200;

/** All objects of a kind, page by page, so that thousands of them never stand in memory together. */
export async function* listPages<T extends Resource>(
  collection: Collection<T>,
  selector: Selector = {},
  options: Abortable = {},
): AsyncGenerator<readonly T[]> {
  let next: string | undefined;
  do {
    const paging = next === undefined ? {} : { continue: next };
    // eslint-disable-next-line no-await-in-loop -- each page says where the next begins
    const page = await collection.list(selector, { ...options, ...paging, limit: PAGE });
    yield page.items;
    next = page.continue;
  } while (next !== undefined);
}
