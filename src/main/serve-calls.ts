import { systemClock } from "../core/clock.ts";
import { startGateway } from "../gateway/start.ts";
import { readProxyEnvironment } from "../outbound/proxy-environment.ts";
import type { Foundation } from "./foundation.ts";
import type { ServedGateway } from "./served-gateway.ts";
import { serveWithWorkers } from "./workers/serve-with-workers.ts";
import { workerCount } from "./workers/worker-options.ts";

/** Serves the gateway's listeners: by this process, or by workers that it starts. */
export async function serveCalls(foundation: Foundation, signal: AbortSignal): Promise<ServedGateway> {
  const count = workerCount(foundation.options.workers);
  return count === 1 ? serveAlone(foundation) : serveWithWorkers(foundation, count, signal);
}

async function serveAlone({ options, environment, store, telemetry }: Foundation): Promise<ServedGateway> {
  const gateway = await startGateway({
    store,
    options: options.gateway,
    outbound: options.outbound,
    proxies: readProxyEnvironment(environment),
    tracing: telemetry.tracing,
    clock: systemClock,
    warn: (message, fields) => telemetry.log.warn(message, fields),
  });
  const { manualOrigin, compassOrigin, snapshot, inspection, checker } = gateway;
  return {
    manualOrigin,
    compassOrigin,
    inspection,
    checker,
    get notReady() {
      return snapshot.synced ? undefined : "the configuration has not been read yet";
    },
    close: () => gateway.close(),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
