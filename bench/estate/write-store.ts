import { systemClock } from "../../src/core/clock.ts";
import { applicationKind, type Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import { secretKind, type Secret } from "../../src/core/resources/secret.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../../src/stores/store.ts";
import type { Manifest } from "./resources.ts";

/** As many writes as the store may group into one transaction. */
const AT_ONCE = 500;

/** Fills a data directory before its server starts. Returns the seconds that it took. */
export async function writeStore(directory: string, manifests: Iterable<Manifest>): Promise<number> {
  await using store = await openSqliteStore({ directory, clock: systemClock });
  const begin = performance.now();
  const source = manifests[Symbol.iterator]();
  const writer = async () => {
    for (let next = source.next(); !next.done; next = source.next()) await write(store, next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
  return (performance.now() - begin) / 1000;
}

async function write(store: Store, manifest: Manifest): Promise<void> {
  if (manifest.kind === "Application") {
    await store.collection<Application>(applicationKind).create(manifest as New<Application>);
  } else {
    await store.collection<Secret>(secretKind).create(manifest as New<Secret>);
  }
}
