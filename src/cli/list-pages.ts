import { textAt } from "./json-fields.ts";
import type { Target } from "./resources.ts";
import type { ApiClient } from "./server/api-client.ts";

/** As many as kubectl asks for at once. */
const PAGE = "500";

/** The answers to one question: an object as it is, a collection in pages. */
export async function* listPages(
  client: ApiClient,
  { path, name, query }: Target,
  accept?: string,
): AsyncIterable<unknown> {
  const media = accept === undefined ? {} : { accept };
  if (name !== undefined) {
    yield (await client.request({ path, query, ...media })).body;
    return;
  }
  let next: string | undefined;
  do {
    const page = next === undefined ? {} : { continue: next };
    const { body } = await client.request({ path, query: { ...query, limit: PAGE, ...page }, ...media });
    yield body;
    next = textAt(body, "metadata", "continue");
  } while (next !== undefined);
}
