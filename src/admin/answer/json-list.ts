import { setImmediate } from "node:timers/promises";
import type { Resource } from "../../core/resources/resource.ts";
import { listedItems } from "../../stores/listed-items.ts";
import type { ListedText } from "../../stores/store.ts";
import type { RepresentedList } from "./represent.ts";

/** A list as JSON in pieces. What is shown as it is stored is passed on without a look into it. */
export async function* jsonList(
  { head, property, item }: RepresentedList,
  listed: ListedText,
): AsyncGenerator<string | Uint8Array> {
  yield `${JSON.stringify(head).slice(0, -1)},"${property}":[`;
  yield* item ? jsonItems(item, listed) : storedItems(listed);
  yield "]}\n";
}

/** A socket with a fast reader takes megabytes at once, hence the turns of the event loop. */
async function* storedItems({ pieces }: ListedText): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    yield piece;
    await setImmediate();
  }
}

async function* jsonItems(item: (value: Resource) => object, listed: ListedText): AsyncGenerator<string> {
  let separator = "";
  for await (const items of listedItems(listed)) {
    yield separator + items.map((value) => JSON.stringify(item(value))).join(",");
    separator = ",";
  }
}
