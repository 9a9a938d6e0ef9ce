import { setImmediate } from "node:timers/promises";
import { stringify } from "yaml";
import { listedItems } from "../../stores/listed-items.ts";
import type { ListedText } from "../../stores/store.ts";
import type { RepresentedList } from "./represent.ts";

/**
 * A list as YAML in pieces: a block sequence may stand as far left as the key that it belongs to. One object
 * takes a millisecond, forty times as long as in JSON, so the event loop has a turn after each.
 */
export async function* yamlList(
  { head, property, item = (value) => value }: RepresentedList,
  listed: ListedText,
): AsyncGenerator<string> {
  const empty = listed.pieces.length === 0;
  yield `${stringify(head)}${property}:${empty ? " []" : ""}\n`;
  for await (const items of listedItems(listed)) {
    for (const value of items) {
      yield stringify([item(value)]);
      await setImmediate();
    }
  }
}
