import { systemClock } from "../../src/core/clock.ts";
import { applicationKind, type ApplicationService } from "../../src/core/resources/application.ts";
import type { DocumentType } from "../../src/documents/document.ts";
import { startDocuments, type Documents } from "../../src/documents/start.ts";
import { startListener, type Listener } from "../../src/http/listener.ts";
import type { SearchIndex } from "../../src/stores/search-index.ts";
import { openSqliteSearchIndex } from "../../src/stores/sqlite/search-index.ts";
import type { Store } from "../../src/stores/store.ts";
import { MemoryBlobStore } from "./memory-blob-store.ts";
import { openTestStore } from "./sqlite-store.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface FoundItem {
  readonly kind: string;
  readonly application: string;
  readonly serviceId?: string;
  readonly service?: string;
  readonly title: string;
  readonly snippet: readonly { readonly text: string; readonly matched: boolean }[];
  readonly document?: string;
}

export interface FoundPage {
  readonly items: readonly FoundItem[];
  readonly complete: boolean;
  readonly continue?: string;
}

/** The document store with the embedded store and the embedded index, and its internal API at a socket. */
export class SearchedDocuments implements AsyncDisposable {
  readonly directory = new TemporaryDirectory();
  readonly warnings: string[] = [];
  store!: Store;
  index!: SearchIndex;
  /** Between the documents and the index. */
  readonly wrap: (index: SearchIndex) => SearchIndex;
  readonly #blobs = new MemoryBlobStore(systemClock);
  #documents!: Documents;
  #listener!: Listener;

  private constructor(wrap: (index: SearchIndex) => SearchIndex) {
    this.wrap = wrap;
  }

  static async open(
    wrap: (index: SearchIndex) => SearchIndex = (index) => index,
  ): Promise<SearchedDocuments> {
    const opened = new SearchedDocuments(wrap);
    await opened.start();
    return opened;
  }

  async start(): Promise<void> {
    this.store = await openTestStore(this.directory.path);
    this.index = await openSqliteSearchIndex({ directory: this.directory.path });
    this.#documents = await startDocuments({
      store: this.store,
      blobs: this.#blobs,
      index: this.wrap(this.index),
      clock: systemClock,
      options: {
        public: false,
        externalUrl: "",
        maxFileSize: 1024 ** 2,
        maxRequestSize: 1024 ** 2,
        webhookConfigMap: "",
        webhookTimeout: 5_000,
      },
      origin: () => "http://documents.example",
      authorise: () => false,
      warn: (message, fields) => this.warnings.push(`${message}: ${JSON.stringify(fields)}`),
    });
    const handler = this.#documents.internal?.handle ?? (() => undefined);
    this.#listener = await startListener({ host: "127.0.0.1", port: 0, setting: "test", handler });
  }

  async stop(): Promise<void> {
    await this.#listener.close();
    await this.#documents.close();
    await this.index[Symbol.asyncDispose]();
    await this.store.close();
  }

  get catalog(): Documents["catalog"] {
    return this.#documents.catalog;
  }

  async application(
    name: string,
    services: readonly Partial<ApplicationService>[],
    spec: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const collection = this.store.collection(applicationKind);
    const wanted = { ...spec, services: services.map(aService) };
    const known = await collection.get({ name });
    if (known) await collection.update({ ...known, spec: wanted });
    else await collection.create({ metadata: { name }, spec: wanted });
  }

  async publish(
    application: string,
    serviceId: string,
    documents: Readonly<Partial<Record<DocumentType, unknown>>>,
  ): Promise<void> {
    const { services } = this.#documents;
    const staged = await services.stage(
      Object.entries(documents).map(([type, value]) => ({
        type: type as DocumentType,
        fileName: type === "odata" ? "odata.xml" : `${type}.json`,
        content: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
      })),
    );
    const group = { application, serviceId, displayName: serviceId, description: "d" };
    await services.publish(group, staged);
  }

  remove(application: string, serviceId: string): Promise<void> {
    return this.#documents.services.remove(application, serviceId);
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#listener.origin}${path}`, init);
  }

  async search(q: string, parameters: Readonly<Record<string, string>> = {}): Promise<FoundPage> {
    const query = new URLSearchParams({ q, ...parameters }).toString();
    const response = await this.fetch(`/v1/search?${query}`);
    return (await response.json()) as FoundPage;
  }

  /** `application/service:kind` of what is found, in the order of the alphabet. */
  async found(q: string, parameters: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
    const { items } = await this.search(q, parameters);
    return items
      .map(
        ({ application, serviceId, kind }) => [application, serviceId].filter(Boolean).join("/") + `:${kind}`,
      )
      .toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.directory[Symbol.dispose]();
  }
}

function aService(service: Partial<ApplicationService>): ApplicationService {
  const id = service.id ?? "id";
  return { id, name: id, displayName: id, providerDisplayName: "", description: "", entries: [], ...service };
}
