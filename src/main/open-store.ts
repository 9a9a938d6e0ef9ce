import { systemClock } from "../core/clock.ts";
import { openSqliteStore } from "../stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../stores/store.ts";
import type { ServeOptions } from "./settings.ts";

/** The embedded store of the data directory, before anything else: its thread takes as long as all the rest. */
export function openStore({ dataDir: directory }: ServeOptions, signal: AbortSignal): Promise<Store> {
  return openSqliteStore({ directory, clock: systemClock, signal });
}
