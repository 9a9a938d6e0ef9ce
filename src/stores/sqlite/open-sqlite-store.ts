import { resolve } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { Kind } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { StoreFigures } from "../../telemetry/store-metrics.ts";
import type { AccessRecords } from "../access-records.ts";
import type { PairingRecords } from "../pairing-records.ts";
import type { Abortable, Collection, CollectionOptions, Lease, Store } from "../store.ts";
import { ProcessLeases } from "../process-lease.ts";
import { storeFigures } from "./store-figures.ts";
import { timestamp } from "./server-fields.ts";
import { SqliteAccessRecords } from "./sqlite-access-records.ts";
import { SqliteCollection } from "./sqlite-collection.ts";
import { SqlitePairingRecords } from "./sqlite-pairing-records.ts";
import { WorkerLink } from "./worker-link.ts";

export interface SqliteStoreOptions {
  /** Made, readable by its owner alone, where it does not exist. */
  readonly directory: string;
  readonly clock: Clock;
  /** What this process is to a person, named when another one finds the directory locked. */
  readonly program?: string;
  /**
   * A module that exports `kinds`; the product's own by default. A URL and not the kinds themselves, because
   * their rules run in the store's thread, and functions do not cross threads.
   */
  readonly kindsModule?: URL;
  readonly signal?: AbortSignal;
}

const UPKEEP_INTERVAL = 60_000;

/**
 * Opens the embedded store of a data directory, making it at first start. Rejects with STORE_LOCKED,
 * STORE_KEY_MISSING, STORE_KEY_WRONG, STORE_KEY_EXPOSED, STORE_CORRUPT, STORE_NEWER, STORE_DIRECTORY or
 * STORE_DISK_FULL, having changed nothing.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { clock, program = "appconn serve", signal } = options;
  signal?.throwIfAborted();
  const now = clock.now();
  const holder = `process ${process.pid} (${program}, started ${timestamp(now)})`;
  const link = await WorkerLink.start({
    directory: resolve(options.directory),
    kindsModule: (options.kindsModule ?? productKinds()).href,
    holder,
    now,
  });
  if (signal?.aborted) {
    await link.close();
    signal.throwIfAborted();
  }
  return new SqliteStore(link, { ...options, holder });
}

function productKinds(): URL {
  // A compiled file stands beside a compiled one; TypeScript rewrites imports, not URLs.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../../core/resources/kinds.${extension}`, import.meta.url);
}

class SqliteStore implements Store {
  readonly pairing: PairingRecords;
  readonly access: AccessRecords;
  readonly #link: WorkerLink;
  readonly #clock: Clock;
  readonly #directory: string;
  readonly #leases: ProcessLeases;
  readonly #collections = new WeakMap<object, Map<string, Collection<Resource>>>();
  #upkeep: Disposable | undefined;

  constructor(
    link: WorkerLink,
    { directory, clock, holder }: SqliteStoreOptions & { readonly holder: string },
  ) {
    this.#link = link;
    this.#directory = resolve(directory);
    this.pairing = new SqlitePairingRecords(link);
    this.access = new SqliteAccessRecords(link);
    this.#clock = clock;
    this.#leases = new ProcessLeases(holder, link.ended);
    this.#scheduleUpkeep();
  }

  collection<T extends Resource>(
    kind: Kind<T>,
    { managedFields = false, manager = "appconn-server" }: CollectionOptions = {},
  ): Collection<T> {
    const collections = this.#collections.get(kind) ?? new Map<string, Collection<Resource>>();
    this.#collections.set(kind, collections);
    const key = `${managedFields} ${manager}`;
    const known = collections.get(key) as Collection<T> | undefined;
    if (known) return known;
    const parts = { link: this.#link, clock: this.#clock };
    const made = new SqliteCollection(kind, parts, { managedFields, manager });
    collections.set(key, made as unknown as Collection<Resource>);
    return made;
  }

  lease(name: string, options?: Abortable): Promise<Lease> {
    return this.#leases.acquire(name, options);
  }

  get ended(): AbortSignal {
    return this.#link.ended;
  }

  async check(): Promise<void> {
    await this.#link.call({ operation: "check" });
  }

  figures(): Promise<StoreFigures> {
    return storeFigures(this.#link, this.#directory, this.#clock);
  }

  async close(): Promise<void> {
    this.#upkeep?.[Symbol.dispose]();
    await this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #scheduleUpkeep(): void {
    this.#upkeep = this.#clock.after(UPKEEP_INTERVAL, () => {
      // Where the store is closing meanwhile, neither is needed any more.
      this.#link.call({ operation: "bookmark" }).catch(() => undefined);
      this.#link.call({ operation: "trim", monotonic: this.#clock.monotonic() }).catch(() => undefined);
      if (!this.#link.ended.aborted) this.#scheduleUpkeep();
    });
  }
}
