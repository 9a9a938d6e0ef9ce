import { setImmediate } from "node:timers/promises";
import type { Resource } from "../core/resources/resource.ts";
import type { ListedText } from "./store.ts";

/**
 * The objects of a list piece by piece, with a turn of the event loop between them, so that calls through the
 * gateway do not wait for a long one.
 */
export async function* listedItems<T extends Resource>(
  listed: Pick<ListedText, "pieces">,
): AsyncGenerator<T[]> {
  const decoder = new TextDecoder();
  for (const [index, piece] of listed.pieces.entries()) {
    if (index > 0) await setImmediate();
    // All but the first begin with the comma after the item before.
    const text = decoder.decode(piece);
    yield JSON.parse(`[${text.startsWith(",") ? text.slice(1) : text}]`) as T[];
  }
}
