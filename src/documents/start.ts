import type { Clock } from "../core/clock.ts";
import { reasonOf } from "../core/failures.ts";
import { configMapKind } from "../core/resources/config-map.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { BlobStore } from "../stores/blob-store.ts";
import type { SearchIndex } from "../stores/search-index.ts";
import type { Store } from "../stores/store.ts";
import { DocumentCatalog } from "./document-catalog.ts";
import { DocumentChecks } from "./check/document-checks.ts";
import { DocumentStore } from "./document-store.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { documentsFailure } from "./documents-failure.ts";
import { DocumentsHandler, type Authorise } from "./documents-handler.ts";
import { GroupReview } from "./group-review.ts";
import { GuardedBlobs } from "./guarded-blobs.ts";
import { InternalHandler } from "./internal/internal-handler.ts";
import { SearchEndpoint } from "./internal/search-endpoint.ts";
import { ServiceEndpoint } from "./internal/service-endpoint.ts";
import type { DocumentsOptions } from "./options.ts";
import { SearchFollower } from "./search/search-follower.ts";
import { Upkeep } from "./upkeep.ts";
import type { WebhookEdge } from "./webhooks/call-webhook.ts";
import { DocumentWebhooks } from "./webhooks/document-webhooks.ts";

/** How often a webhook is called that comes to nothing. */
const ATTEMPTS = 3;

export interface DocumentsStart {
  readonly store: Store;
  /** Closed by whoever opened it, after the documents. */
  readonly blobs: BlobStore;
  /** Closed by whoever opened it, after the documents. Absent: nothing is searched, and there is no `internal`. */
  readonly index?: SearchIndex;
  readonly clock: Clock;
  readonly options: DocumentsOptions;
  /** Where `handler` is served, unless the setting externalUrl says otherwise; asked each time. */
  readonly origin: () => string;
  readonly authorise: Authorise;
  /** By which webhooks are called, where the settings name any. */
  readonly outbound?: Pick<WebhookEdge, "connections" | "policy">;
  /** For what an operator should know; never holds the content of a document. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Documents extends AsyncDisposable {
  /** The documents of services, as the registry needs them. */
  readonly services: DocumentStore;
  /** States, findings, published contents and versions of them. */
  readonly catalog: DocumentCatalog;
  /** Stored documents, and the HTTP services of Rafter; it authorises by itself. */
  readonly handler: RequestHandler;
  /** Search and documents for administrators, for the admin API to put behind its authentication. */
  readonly internal: InternalHandler | undefined;
  close(): Promise<void>;
}

/** Starts the document store; DOCUMENTS_UNUSABLE_SETTING. */
export async function startDocuments(start: DocumentsStart): Promise<Documents> {
  await using stack = new AsyncDisposableStack();
  const closing = new AbortController();
  const checks = new DocumentChecks({ clock: start.clock });
  const context = contextOf(start, {
    check: (document) => checks.check(document),
    webhooks: webhooksOf(start, closing.signal),
    closing: closing.signal,
  });
  const review = stack.use(new GroupReview(context));
  stack.use(new Upkeep(context, review));
  const services = new DocumentStore(context, review);
  const catalog = new DocumentCatalog(context, review);
  const { handle: handler } = new DocumentsHandler(context, start.options, start.authorise);
  const { index } = start;
  const follower = index && stack.use(await SearchFollower.start(context, index));
  const internal =
    follower &&
    new InternalHandler(
      {
        search: new SearchEndpoint(index, follower, start.clock),
        services: new ServiceEndpoint(catalog, checks),
      },
      context.surprised,
    );
  // First: a review waits for its checks, and whoever closes does not wait for reviews.
  stack.use(checks);
  stack.defer(() => closing.abort());
  const running = stack.move();
  const close = () => running.disposeAsync();
  return { services, catalog, handler, internal, close, [Symbol.asyncDispose]: close };
}

function contextOf(
  { store, blobs, clock, options, origin, warn }: DocumentsStart,
  checking: Pick<DocumentsContext, "check" | "webhooks" | "closing">,
): DocumentsContext {
  const external = externalUrl(options);
  return {
    store,
    blobs: new GuardedBlobs(blobs, clock),
    ...checking,
    clock,
    origin: external === undefined ? origin : () => external,
    surprised: (error) => warn("documents cannot be worked on now", { reason: reasonOf(error) }),
  };
}

/** undefined where the settings name none. */
function webhooksOf(
  { options, store, outbound, clock }: DocumentsStart,
  signal: AbortSignal,
): DocumentWebhooks | undefined {
  const { webhookConfigMap, webhookTimeout: timeout, maxFileSize: maxAnswer } = options;
  if (webhookConfigMap === "" || !outbound) return undefined;
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(webhookConfigMap) ?? [];
  if (namespace === undefined || name === undefined) {
    throw documentsFailure("DOCUMENTS_UNUSABLE_SETTING", ["webhookConfigMap", "it is not namespace/name"]);
  }
  const source = { configMaps: store.collection(configMapKind), namespace, name };
  return new DocumentWebhooks(source, { ...outbound, clock, signal, timeout, attempts: ATTEMPTS, maxAnswer });
}

/** Without a slash at its end; undefined where it is not set. */
function externalUrl({ externalUrl: url }: DocumentsOptions): string | undefined {
  if (url === "") return undefined;
  const parsed = URL.parse(url);
  const isPlain = parsed !== null && /^https?:$/.test(parsed.protocol) && !parsed.search && !parsed.hash;
  if (!isPlain || parsed.username !== "") {
    throw documentsFailure("DOCUMENTS_UNUSABLE_SETTING", ["externalUrl", "it is no http or https URL"]);
  }
  return url.replace(/\/+$/, "");
}
