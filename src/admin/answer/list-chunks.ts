import type { Resource } from "../../core/resources/resource.ts";
import type { RepresentedList } from "./represent.ts";

const CHUNK_CHARACTERS = 65_536;

/** The JSON of a list in pieces, so that ten thousand objects never stand in one string. */
export function* listChunks(list: RepresentedList, items: readonly Resource[]): Generator<string> {
  let chunk = `${JSON.stringify(list.head).slice(0, -1)},"${list.property}":[`;
  let separator = "";
  for (const item of items) {
    chunk += separator + JSON.stringify(list.item(item));
    separator = ",";
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  yield `${chunk}]}\n`;
}
