import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Kind } from "../../core/resources/kind.ts";
import { namespaceKind } from "../../core/resources/namespace.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Paging, Selector } from "../store.ts";
import { isAccessWrite, type AccessWriteRequest } from "./access-protocol.ts";
import { AccessTable } from "./access-table.ts";
import { ChangeLog } from "./change-log.ts";
import { compileSelector } from "./compiled-selector.ts";
import { readContinueToken, writeContinueToken, type PageStart } from "./continue-token.ts";
import type { OpenDatabase } from "./database.ts";
import { KindRegistry } from "./kind-registry.ts";
import { Ledger, rowKey } from "./ledger.ts";
import { LogTrimmer } from "./log-trimmer.ts";
import { ObjectTable, type PageQuery } from "./object-table.ts";
import { pastObjects, type PastObject } from "./past-objects.ts";
import { protectedNamespaces } from "./protected-namespaces.ts";
import { isPairingWrite, type PairingWriteRequest } from "./pairing-protocol.ts";
import { PairingTables } from "./pairing-tables.ts";
import type { KindKey, ListResult, Results, WriteRequest } from "./protocol.ts";
import { SharedReads } from "./shared-reads.ts";
import { toStoreFailure } from "./sqlite-errors.ts";
import { TextPieces } from "./text-pieces.ts";
import { WatchCursor } from "./watch-cursor.ts";
import { Writer } from "./writer.ts";

type AnyWrite = WriteRequest | PairingWriteRequest | AccessWriteRequest;

export type WriteOutcome<W extends AnyWrite = AnyWrite> =
  { readonly result: Results[W["operation"]] } | { readonly failure: StoreFailure };

/**
 * The store itself: synchronous, one connection, no thread and no clock of its own. Writes that are committed
 * together share one fsync; each stands or falls alone.
 */
export class Engine {
  /** The records of pairing: tables beside those of the objects, in the same transactions. */
  readonly pairing: PairingTables;
  readonly access: AccessTable;
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #ledger: Ledger;
  readonly #kinds: KindRegistry;
  readonly #writer: Writer;
  readonly #trimmer: LogTrimmer;
  readonly #shared: SharedReads;
  // Prepared, because each write needs them.
  readonly #savepoint: StatementSync;
  readonly #rollback: StatementSync;
  readonly #release: StatementSync;

  constructor({ database, cipher, file }: OpenDatabase, kinds: readonly Kind[]) {
    this.#database = database;
    this.#file = file;
    const log = new ChangeLog(database, cipher);
    this.#ledger = new Ledger(new ObjectTable(database, cipher), log, cipher);
    this.#kinds = new KindRegistry(kinds);
    this.#writer = new Writer(this.#ledger, this.#kinds);
    this.#trimmer = new LogTrimmer(log);
    this.#shared = new SharedReads(log);
    this.#savepoint = database.prepare("SAVEPOINT attempt");
    this.#rollback = database.prepare("ROLLBACK TO attempt");
    this.#release = database.prepare("RELEASE attempt");
    this.pairing = new PairingTables(database);
    this.access = new AccessTable(database);
  }

  /** Makes the namespaces that always exist; `now` in milliseconds since the epoch. */
  createProtectedNamespaces(now: number): void {
    const missing = [...protectedNamespaces].filter(
      (name) => !this.#ledger.objects.get(rowKey(namespaceKind, { name })),
    );
    const outcomes = this.commit(
      missing.map((name) => ({
        operation: "create",
        kind: { group: namespaceKind.group, kind: namespaceKind.kind },
        value: JSON.stringify({ metadata: { name } }),
        dryRun: false,
        now,
      })),
    );
    for (const outcome of outcomes) if ("failure" in outcome) throw outcome.failure;
  }

  /** The version of the last change. */
  get version(): number {
    return this.#ledger.log.version;
  }

  get(key: KindKey, ref: Ref): string | undefined {
    return this.#ledger.objects.get(rowKey(this.#kinds.of(key), ref))?.body.read();
  }

  list(key: KindKey, selector: Selector, paging: Paging): ListResult {
    const kind = this.#kinds.of(key);
    const compiled = compileSelector(kind, selector);
    const start = paging.continue === undefined ? undefined : this.#pageStart(kind, paging.continue);
    const { version, exact } = start ?? this.#versionOf(kind, paging);
    const limit = paging.limit || Number.POSITIVE_INFINITY;
    const query = { ...key, namespace: compiled.namespace, name: compiled.name, after: start };
    const texts = new TextPieces();
    let last = start;
    for (const row of exact ? this.#past(kind, query, version) : this.#ledger.objects.page(query)) {
      if (!compiled.matches(row, row)) continue;
      if (texts.count === limit && last) return this.#moreToCome({ texts, last, query, compiled });
      texts.add(row.body.read());
      last = { version, exact, namespace: row.namespace, name: row.name };
    }
    return { pieces: texts.finish(), resourceVersion: String(version) };
  }

  #versionOf(kind: Kind, { exactly }: Paging): Pick<PageStart, "version" | "exact"> {
    checkVersion(kind, exactly);
    const { version } = this.#ledger.log;
    const isPast = exactly !== undefined && BigInt(exactly) < BigInt(version);
    return isPast ? { version: Number(exactly), exact: true } : { version, exact: false };
  }

  #past(kind: Kind, query: PageQuery, version: number): Iterable<PastObject> {
    const objects = pastObjects(this.#ledger, query, version);
    if (objects) return objects;
    throw this.#expired(kind, version);
  }

  watch(key: KindKey, selector: Selector, version: string | undefined): WatchCursor {
    const kind = this.#kinds.of(key);
    checkVersion(kind, version);
    const from = { selector, version: version === undefined ? undefined : Number(version) };
    const { objects, openedAt } = this.#ledger;
    return new WatchCursor({ objects, log: this.#ledger.log, openedAt, shared: this.#shared }, kind, from);
  }

  /** Throws when a read is not possible now. */
  check(): void {
    this.#database.prepare("SELECT value FROM state").get();
  }

  /** All of `requests` in one transaction with one fsync; the answers in the same order. */
  commit<W extends AnyWrite>(requests: readonly W[]): WriteOutcome<W>[] {
    const before = this.#ledger.log.version;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      // Each operation gives its own result, which the compiler does not follow through the switches.
      const outcomes = requests.map((request) => this.#attempt(request) as WriteOutcome<W>);
      this.#ledger.log.shrink();
      this.#database.exec("COMMIT");
      return outcomes;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#ledger.log.rewind(before);
      const failure = toStoreFailure(error, this.#file);
      return requests.map(() => ({ failure }));
    }
  }

  /** Removes some of the changes that need not be kept; true while more may go. */
  trim(limit: number): boolean {
    const most = 2000;
    return this.#ledger.log.trim(limit, most) === most;
  }

  /** The version up to which the log may be trimmed; `monotonic` in milliseconds. */
  trimLimit(monotonic: number): number {
    return this.#trimmer.limit(monotonic);
  }

  close(): void {
    this.#database.close();
  }

  #attempt(request: AnyWrite): WriteOutcome {
    const before = this.#ledger.log.version;
    const undo = () => {
      this.#rollback.run();
      this.#ledger.log.rewind(before);
    };
    this.#savepoint.run();
    try {
      if (isPairingWrite(request)) return { result: this.pairing.write(request) };
      if (isAccessWrite(request)) return { result: this.access.write(request) };
      const result = this.#write(request);
      if (!request.dryRun) return { result };
      undo();
      return { result: this.#asIfDone(request, result) };
    } catch (error) {
      // A full disk may end the whole transaction; then every write of the group is lost.
      if (!this.#database.isTransaction) throw error;
      undo();
      return { failure: toStoreFailure(error, this.#file) };
    } finally {
      if (this.#database.isTransaction) this.#release.run();
    }
  }

  #write(request: WriteRequest): Results[WriteRequest["operation"]] {
    switch (request.operation) {
      case "create":
        return this.#writer.create(request);
      case "update":
      case "updateStatus":
        return this.#writer.update(request);
      case "splice":
        return this.#writer.splice(request);
      case "patch":
        return this.#writer.patch(request);
      case "apply":
        return this.#writer.apply(request);
      case "remove":
        return this.#writer.remove(request);
    }
  }

  /** A dry run answers with the version that the object still has, or none where there is no object. */
  #asIfDone(request: WriteRequest, result: Results[WriteRequest["operation"]]) {
    const shown = (text: string) => {
      const value = JSON.parse(text) as Resource;
      const row = this.#ledger.objects.get(rowKey(this.#kinds.of(request.kind), value.metadata));
      const { resourceVersion: _version, ...metadata } = value.metadata;
      const kept = row ? { ...metadata, resourceVersion: String(row.version) } : metadata;
      return JSON.stringify({ ...value, metadata: kept });
    };
    return typeof result === "string" ? shown(result) : { ...result, text: shown(result.text) };
  }

  #pageStart(kind: Kind, token: string) {
    const start = readContinueToken(token);
    if (this.#ledger.log.reaches(start.version)) return start;
    throw this.#expired(kind, start.version);
  }

  #expired(kind: Kind, version: number): StoreFailure {
    const values = [String(version), String(this.#ledger.log.version)];
    return new StoreFailure("STORE_EXPIRED", values, { resource: kind });
  }

  #moreToCome(page: {
    readonly texts: TextPieces;
    readonly last: PageStart;
    readonly query: PageQuery;
    readonly compiled: { readonly selective: boolean };
  }): ListResult {
    const { texts, last, query, compiled } = page;
    const next = writeContinueToken(last);
    const result = { pieces: texts.finish(), resourceVersion: String(last.version), continue: next };
    // How many there were is not known without a look at all of them.
    if (compiled.selective || last.exact) return result;
    return { ...result, remainingItemCount: this.#ledger.objects.count({ ...query, after: last }) };
  }
}

function checkVersion(kind: Kind, version: string | undefined): void {
  if (version === undefined || /^\d+$/.test(version)) return;
  throw new StoreFailure("STORE_BAD_VERSION", [version], { resource: kind });
}
