import type { IncomingMessage } from "node:http";
import type { Clock } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/clock.ts";
import { applicationKind } from "../../src/core/resources/application.ts";
import { clusterAssetGroupKind } from "../../src/core/resources/cluster-asset-group.ts";
import { clusterAssetKind } from "../../src/core/resources/cluster-asset.ts";
import type { Kind } from "../../src/core/resources/kind.ts";
import type { Resource } from "../../src/core/resources/resource.ts";
import type { KeptDocument } from "../../src/documents/document.ts";
import type { DocumentsOptions } from "../../src/documents/options.ts";
import { startDocuments, type Documents, type DocumentsStart } from "../../src/documents/start.ts";
import { startListener, type Listener } from "../../src/http/listener.ts";
import type { BlobStore } from "../../src/stores/blob-store.ts";
import type { Store } from "../../src/stores/store.ts";
import { MemoryBlobStore } from "./memory-blob-store.ts";
import { openTestStore } from "./sqlite-store.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface DocumentsSettings {
  readonly options?: Partial<DocumentsOptions>;
  readonly clock?: Clock;
  /** Ids of the services that the Application has. */
  readonly services?: readonly string[];
  /** By which webhooks are called. */
  readonly outbound?: DocumentsStart["outbound"];
  /** In place of `blobs`. */
  readonly contents?: BlobStore;
  /**
   * false: until `start`, nothing runs but the store. A test with parts of its own needs that: what runs looks
   * for unfinished groups when it starts, and would review those of the test with checks of its own.
   */
  readonly starts?: boolean;
}

const DEFAULTS: DocumentsOptions = {
  public: false,
  externalUrl: "",
  maxFileSize: 1024 ** 2,
  maxRequestSize: 4 * 1024 ** 2,
  webhookConfigMap: "",
  webhookTimeout: 5_000,
};

/** The document store with the embedded store, contents in memory, a socket, and the Application `shop`. */
export class RunningDocuments implements AsyncDisposable {
  readonly store: Store;
  readonly blobs: MemoryBlobStore;
  readonly warnings: string[] = [];
  readonly #stack: AsyncDisposableStack;
  readonly #settings: DocumentsSettings;
  #documents: Documents | undefined;
  #listener: Listener | undefined;

  private constructor(
    parts: { store: Store; blobs: MemoryBlobStore; stack: AsyncDisposableStack },
    settings: DocumentsSettings,
  ) {
    this.store = parts.store;
    this.blobs = parts.blobs;
    this.#stack = parts.stack;
    this.#settings = settings;
  }

  static async open(settings: DocumentsSettings = {}): Promise<RunningDocuments> {
    const { clock = systemClock, services = [], starts = true } = settings;
    await using stack = new AsyncDisposableStack();
    const directory = stack.use(new TemporaryDirectory());
    const store = stack.use(await openTestStore(directory.path, clock));
    await store
      .collection(applicationKind)
      .create({ metadata: { name: "shop" }, spec: { services: services.map(aService) } });
    const running = new RunningDocuments(
      { store, blobs: new MemoryBlobStore(clock), stack: stack.move() },
      settings,
    );
    if (starts) await running.start();
    return running;
  }

  /** Also after `stop`, with what is stored. */
  async start(): Promise<void> {
    const { clock = systemClock, options, outbound } = this.#settings;
    this.#documents = await startDocuments({
      store: this.store,
      blobs: this.#settings.contents ?? this.blobs,
      clock,
      options: { ...DEFAULTS, ...options },
      ...(outbound && { outbound }),
      origin: () => this.origin,
      authorise: (request: IncomingMessage) => request.headers.authorization === "Bearer good",
      warn: (message, fields) => this.warnings.push(`${message}: ${JSON.stringify(fields)}`),
    });
    const { handler } = this.#documents;
    this.#listener = await startListener({ host: "127.0.0.1", port: 0, setting: "test", handler });
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
    await this.#documents?.close();
  }

  get services(): Documents["services"] {
    return this.#running.services;
  }

  get catalog(): Documents["catalog"] {
    return this.#running.catalog;
  }

  get origin(): string {
    return this.#listener?.origin ?? "";
  }

  /** With a token, unless `headers` has another. */
  async fetch(path: string, { headers, ...rest }: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.origin}${path}`, {
      ...rest,
      headers: { Authorization: "Bearer good", ...headers },
    });
  }

  async groups() {
    return await this.#all(clusterAssetGroupKind);
  }

  async assets() {
    return await this.#all(clusterAssetKind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#stack.disposeAsync();
  }

  get #running(): Documents {
    if (!this.#documents) throw new Error("the documents are not started");
    return this.#documents;
  }

  async #all<T extends Resource>(kind: Kind<T>): Promise<readonly T[]> {
    return (await this.store.collection(kind).list()).items;
  }
}

/** All documents of a service with their contents. */
export async function readAll(
  services: Documents["services"],
  serviceId: string,
): Promise<readonly KeptDocument[]> {
  const references = await services.references("shop", serviceId);
  return await Promise.all(
    references.map(async (document) => ({ ...document, content: await services.read(serviceId, document) })),
  );
}

/** A service without APIs. */
export function aService(id: string) {
  return { id, name: id, displayName: id, providerDisplayName: "p", description: "d", entries: [] };
}
