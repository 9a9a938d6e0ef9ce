import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Clock } from "../core/clock.ts";
import { reasonOf } from "../core/failures.ts";
import { startListener, type Listener } from "../http/listener.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { Connections } from "../outbound/connections.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import type { Store } from "../stores/store.ts";
import { refusalAnswer } from "./answer.ts";
import { ApplicationWriter } from "./application-writer.ts";
import { CertificateEnds } from "./certificate-ends.ts";
import { ChangeRecords } from "./change-records.ts";
import { ensureNamespace } from "./ensure-namespace.ts";
import { KeyedLock } from "../core/keyed-lock.ts";
import { LargeWork } from "./large/large-work.ts";
import { LatestApplications } from "./latest-applications.ts";
import { maskedText } from "./masked-text.ts";
import { NewDocuments } from "./new-documents.ts";
import { RegistrationMarks } from "./once/registration-marks.ts";
import type { RegistryOptions } from "./options.ts";
import { refused, type Refused } from "./refused.ts";
import type { RegistryContext } from "./registry-context.ts";
import { RememberedDocuments } from "./remembered-documents.ts";
import { rememberingDocuments } from "./remembering-documents.ts";
import { router, type Endpoint } from "./router.ts";
import { routes } from "./routes.ts";
import type { DocumentCatalog, ServiceDocuments } from "./service-documents.ts";
import { ScheduledRefresh } from "./scheduled-refresh.ts";
import { ServiceObjects } from "./service-objects.ts";
import { SpecificationRewriter } from "./specification/specification-rewriter.ts";
import { SpecificationTokens } from "./specification/specification-tokens.ts";
import { StateWriter } from "./state-writer.ts";
import { Upkeep } from "./upkeep.ts";

export interface RegistryStart {
  readonly options: RegistryOptions;
  readonly store: Store;
  readonly documents: { readonly services: ServiceDocuments; readonly catalog: DocumentCatalog };
  /** Where Secrets and Access Services stand (amendment A1). */
  readonly credentialsNamespace: string;
  /** Of the gateway, as workloads reach it, where the options do not say otherwise (amendment A2). */
  readonly gatewayUrl: string;
  /** Port on which the gateway is called. */
  readonly proxyPort: number;
  readonly connections: Connections;
  readonly policy: EgressPolicy;
  /** Whether it has a listener of its own: where no validator stands in front of it. */
  readonly listens: boolean;
  readonly clock: Clock;
  readonly newId?: () => string;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Registry extends AsyncDisposable {
  /** Trusts whoever calls it: the validator is to stand in front (registry spec §12). */
  readonly handler: RequestHandler;
  /** Where it listens, if it does. */
  readonly origin: string | undefined;
  close(): Promise<void>;
}

/** How long a stopping registry waits for the answers of its own listener, in milliseconds. */
const DRAIN = 15_000;

/** Starts the Application Registry, after all changes that broke off have been finished. */
export async function startRegistry(start: RegistryStart): Promise<Registry> {
  const { options, store, clock, warn } = start;
  await using stack = new AsyncDisposableStack();
  const closing = new AbortController();
  await ensureNamespace(store, start.credentialsNamespace);
  const applications = stack.use(new LatestApplications({ store, clock, warn }));
  await applications.synced;
  const large = stack.use(new LargeWork(clock));
  const context = contextOf(start, { applications, large, signal: closing.signal });
  const upkeep = stack.use(new Upkeep(context, store));
  await upkeep.work();
  const refreshing = stack.use(new ScheduledRefresh(context, { interval: options.specRefreshInterval }));
  refreshing.start();
  stack.use(new CertificateEnds(context)).start();
  const handler = router(routes({ context, options }, documentDate(), whenReady(store, applications)), {
    clock,
    surprised: (error) => surprise(error, options),
  });
  const listener = start.listens ? await listen(options, handler) : undefined;
  if (listener) stack.defer(() => listener.close(DRAIN));
  stack.defer(() => closing.abort(new Error("the registry is stopping")));
  const running = stack.move();
  return {
    handler,
    origin: listener?.origin,
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Parts {
  readonly applications: LatestApplications;
  readonly large: LargeWork;
  /** Ends fetches. */
  readonly signal: AbortSignal;
}

function contextOf(start: RegistryStart, { applications, large, signal }: Parts): RegistryContext {
  const { options, store, documents, credentialsNamespace, proxyPort, clock, warn } = start;
  const { connections, policy, newId = randomUUID } = start;
  const { compat } = options;
  const objects = new ServiceObjects(store, credentialsNamespace);
  const remembered = new RememberedDocuments(large);
  const services = rememberingDocuments(documents.services, remembered);
  const addressing = { compat, gatewayUrl: options.gatewayUrl || start.gatewayUrl, credentialsNamespace };
  return {
    applications,
    writer: new ApplicationWriter(store, applications),
    objects,
    documents: services,
    catalog: documents.catalog,
    states: new StateWriter({ objects, documents: services, proxyPort }),
    records: new ChangeRecords(store, credentialsNamespace),
    newDocuments: new NewDocuments({
      edge: { connections, policy, signal },
      tokens: new SpecificationTokens(clock),
      rewriter: new SpecificationRewriter(large),
      options,
      addressing,
      clock,
    }),
    large,
    remembered,
    lock: new KeyedLock(),
    marks: new RegistrationMarks(store, credentialsNamespace),
    turns: new KeyedLock(),
    registering: new Set(),
    failedRefreshes: new Map(),
    unfinished: new Set(),
    addressing,
    isStrict: options.specValidation === "strict",
    newId,
    clock,
    warn,
  };
}

/** A store that has ended is what a cluster that cannot be reached is to the original (registry spec §2.1). */
function whenReady(store: Store, applications: LatestApplications): (endpoint: Endpoint) => Endpoint {
  return (endpoint) => async (call) => {
    if (store.ended.aborted) return refusalAnswer(refused("REGISTRY_NOT_INITIALISED"));
    await applications.ask(call.parameters["application"] ?? "");
    return await endpoint(call);
  };
}

/** The text of an internal error is for the log, unless clients are to see it (registry spec §2.1). */
function surprise(error: unknown, { detailedErrorResponse }: RegistryOptions): Refused {
  const hidden = refused("REGISTRY_UNEXPECTED");
  return detailedErrorResponse ? { ...hidden, text: maskedText(reasonOf(error)) } : hidden;
}

function listen({ host, port }: RegistryOptions, handler: RequestHandler): Promise<Listener> {
  return startListener({ host, port, setting: "registry.port", handler });
}

/** When the document, which is part of the program, can have changed last. */
function documentDate(): Date {
  return statSync(fileURLToPath(import.meta.url)).mtime;
}
