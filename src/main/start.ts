import { join } from "node:path";
import type { RunningServer } from "../cli/command-context.ts";
import { systemClock } from "../core/clock.ts";
import { externalApi } from "../gateway/external-api/external-api.ts";
import { startGateway, type Gateway } from "../gateway/start.ts";
import { startListener, type Listener } from "../http/listener.ts";
import { readProxyEnvironment } from "../outbound/proxy-environment.ts";
import { openSqliteStore } from "../stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../stores/store.ts";
import { startTelemetry, type Telemetry } from "../telemetry/telemetry.ts";
import type { ServeOptions } from "./settings.ts";
import { packageVersion } from "./version.ts";

export interface StartContext {
  /** Aborts the start. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Starts every component of the embedded home, each from the parts that it needs, or nothing at all. */
export async function start(options: ServeOptions, context: StartContext): Promise<RunningServer> {
  const { signal, environment } = context;
  await using stack = new AsyncDisposableStack();
  const directory = options.dataDir;
  const store = stack.use(await openSqliteStore({ directory, clock: systemClock, signal }));
  const surroundings = { dataDirectory: directory, version: packageVersion(), environment };
  const telemetry = stack.use(await startTelemetry(options.telemetry, surroundings));
  const gateway = stack.use(
    await startGateway({
      store,
      options: options.gateway,
      outbound: options.outbound,
      proxies: readProxyEnvironment(environment),
      tracing: telemetry.tracing,
      clock: systemClock,
      warn: (message, fields) => telemetry.log.warn(message, fields),
    }),
  );
  const health = stack.use(await listenForHealth(options, { store, telemetry, gateway }));
  signal.throwIfAborted();
  const running = stack.move();
  return {
    addresses: [
      { name: "gateway", url: gateway.manualOrigin },
      { name: "gateway (Compass)", url: gateway.compassOrigin },
      { name: "health and metrics", url: health.origin },
    ],
    gatewayUrl: gateway.manualOrigin,
    kubeconfig: join(directory, "kubeconfig"),
    failed: new Promise<never>(() => {}),
    close: () => running.disposeAsync(),
  };
}

interface HealthParts {
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly gateway: Gateway;
}

function listenForHealth(
  { gateway: options }: ServeOptions,
  { store, telemetry, gateway }: HealthParts,
): Promise<Listener> {
  const ready = async ({ signal }: { readonly signal: AbortSignal }): Promise<string | undefined> => {
    if (!gateway.snapshot.synced) return "the configuration has not been read yet";
    await store.check({ signal });
    return undefined;
  };
  const { log, level, metrics } = telemetry;
  return startListener({
    host: options.host,
    port: options.healthPort,
    setting: "gateway.healthPort",
    handler: externalApi({ options: options.externalApi, log, level, metrics, ready }),
  });
}
