import { systemClock } from "../core/clock.ts";
import { startDocuments, type DocumentsStart } from "../documents/start.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { Connections } from "../outbound/connections.ts";
import { EgressPolicy } from "../outbound/egress-policy.ts";
import { readProxyEnvironment } from "../outbound/proxy-environment.ts";
import { startRegistry } from "../registry/start.ts";
import { openSqliteSearchIndex } from "../stores/sqlite/search-index.ts";
import type { Foundation } from "./foundation.ts";
import type { InternalApi } from "./internal-apis.ts";
import { openBlobStore } from "./open-blob-store.ts";

export interface RegistryParts {
  readonly foundation: Foundation;
  /** How workloads reach the gateway; undefined where it runs elsewhere. */
  readonly gatewayUrl: string | undefined;
  /** On which the gateway listens, or is said to where it runs elsewhere. */
  readonly gatewayPort: number;
  /** Whether a validator stands in front of it in this process. */
  readonly isValidated: boolean;
  /** Aborts the start. */
  readonly signal: AbortSignal;
  /** Where documents are served, and to whom. */
  readonly documents: Pick<DocumentsStart, "origin" | "authorise">;
}

export interface RunningRegistry extends AsyncDisposable {
  readonly handler: RequestHandler;
  readonly documents: RequestHandler;
  /** Search and documents for administrators. */
  readonly internal: InternalApi | undefined;
  readonly origin: string | undefined;
}

/** Where the gateway is found unless something else is said (amendment A2). */
const USUAL_GATEWAY = "http://localhost:8080";

/** Starts the Application Registry on the document store, and both on the data directory or the storage that is configured. */
export async function serveRegistry(parts: RegistryParts): Promise<RunningRegistry> {
  const { options, environment, store, telemetry, listeners } = parts.foundation;
  await using stack = new AsyncDisposableStack();
  const warn = (message: string, fields: Readonly<Record<string, unknown>>) =>
    telemetry.log.warn(message, fields);
  const gatewayUrl = parts.gatewayUrl ?? USUAL_GATEWAY;
  for (const url of [gatewayUrl, options.registry.gatewayUrl]) listeners.addName(url);
  // External systems say where specifications are fetched. The gateway and the other listeners trust whoever
  // reaches them, and would answer a fetch with what another Application's credentials open.
  const policy = new EgressPolicy(options.outbound.deniedNetworks, listeners);
  const proxies = readProxyEnvironment(environment);
  const connections = stack.use(new Connections({ options: options.outbound, policy, proxies }));
  const blobs = stack.use(await openBlobStore(parts.foundation, parts.signal));
  const index = stack.use(await openSqliteSearchIndex({ directory: options.dataDir }));
  const documents = stack.use(
    await startDocuments({
      ...parts.documents,
      store,
      blobs,
      index,
      clock: systemClock,
      options: options.documents,
      outbound: { connections, policy },
      warn,
    }),
  );
  const registry = stack.use(
    await startRegistry({
      options: options.registry,
      store,
      documents,
      credentialsNamespace: options.gateway.credentialsNamespace,
      gatewayUrl,
      proxyPort: parts.gatewayPort,
      connections,
      policy,
      listens: !parts.isValidated,
      clock: systemClock,
      warn,
    }),
  );
  const running = stack.move();
  return {
    handler: registry.handler,
    documents: documents.handler,
    internal: documents.internal,
    origin: registry.origin,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
