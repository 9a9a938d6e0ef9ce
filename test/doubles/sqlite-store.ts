import type { Clock } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/clock.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../../src/stores/store.ts";

/** The embedded store with the kinds of `store-kinds.ts`. */
export function openTestStore(directory: string, clock: Clock = systemClock): Promise<Store> {
  return openSqliteStore({ directory, clock, kindsModule: new URL("./store-kinds.ts", import.meta.url) });
}
