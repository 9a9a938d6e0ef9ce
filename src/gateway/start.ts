import type { Clock } from "../core/clock.ts";
import { Credentials } from "../credentials/credentials.ts";
import type { RequestSharing } from "../credentials/request-sharing.ts";
import { Connections } from "../outbound/connections.ts";
import { EgressPolicy } from "../outbound/egress-policy.ts";
import type { OutboundOptions } from "../outbound/options.ts";
import type { ProxyEnvironment } from "../outbound/proxy-environment.ts";
import { compileApplication, extendApplication } from "../snapshot/compile-application.ts";
import { StoreFollower, type WatchedStore } from "../snapshot/follow.ts";
import { Snapshot } from "../snapshot/snapshot.ts";
import type { Tracing } from "../telemetry/tracing.ts";
import type { CheckerOptions } from "./check/check-application.ts";
import { Inspection } from "./inspection/inspection.ts";
import { LimitStates } from "./limits/limit-states.ts";
import type { GatewayOptions } from "./options.ts";
import { serveGateway, type GatewayArrivals } from "./serve.ts";

/** What it takes to know how calls would be made. */
export interface EstateParts {
  readonly store: WatchedStore;
  readonly options: GatewayOptions;
  readonly outbound: OutboundOptions;
  readonly proxies: ProxyEnvironment | undefined;
  readonly clock: Clock;
  /** How requests for tokens are shared with other processes. @default they are not */
  readonly sharing?: RequestSharing;
  /** @default of this process alone */
  readonly limits?: LimitStates;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface GatewayParts extends EstateParts {
  readonly tracing: Tracing | undefined;
  /** Where the connections of both listeners come from. @default ports of its own */
  readonly arrivals?: GatewayArrivals;
}

/** All that is configured, compiled, and followed as it changes. */
export interface Estate extends AsyncDisposable {
  readonly snapshot: Snapshot;
  readonly connections: Connections;
  readonly inspection: Inspection;
  /** How a dry run goes out: as calls do. */
  readonly checker: CheckerOptions;
}

export interface Gateway extends Pick<Estate, "snapshot" | "inspection" | "checker">, AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly manualOrigin: string;
  readonly compassOrigin: string;
  /** Finishes calls in flight for at most `drainTimeout`, then cuts them. */
  close(): Promise<void>;
}

/** Reads the store and compiles what it holds. */
export async function openEstate(parts: EstateParts): Promise<Estate> {
  const { store, options, outbound, proxies, clock, warn } = parts;
  await using stack = new AsyncDisposableStack();
  const policy = new EgressPolicy(outbound.deniedNetworks);
  const connections = stack.use(new Connections({ options: outbound, policy, proxies }));
  const { proxyTimeout: timeout, requireOwnSecrets } = options;
  const sharing = parts.sharing && { sharing: parts.sharing };
  const credentials = stack.use(new Credentials({ connections, policy, clock, timeout, ...sharing }));
  const context = {
    credentials,
    policy,
    limits: parts.limits ?? new LimitStates(),
    requireOwnSecrets,
    warn: (application: string, message: string) => warn(message, { application }),
  };
  let inspection: Inspection | undefined;
  const refreshed = (application: string) => inspection?.refreshed(application);
  const snapshot = new Snapshot(refreshed);
  const follower = stack.use(
    await StoreFollower.start({
      store,
      snapshot,
      compile: (application, findSecret) => compileApplication(application, findSecret, context),
      extend: (compiled, application, findSecret) =>
        extendApplication(compiled, application, { findSecret, context }),
      credentialsNamespace: options.credentialsNamespace,
      clock,
      interrupted: (error) => warn("a watch of the store broke off and is begun again", { error }),
      refreshed,
    }),
  );
  inspection = new Inspection(follower, context, clock);
  const running = stack.move();
  return {
    snapshot,
    connections,
    inspection,
    checker: { outbound: { options: outbound, policy, proxies }, clock, timeout, requireOwnSecrets },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Reads the store, compiles what it holds, then listens: the first call already finds everything. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { options, tracing, arrivals } = parts;
  await using stack = new AsyncDisposableStack();
  const { snapshot, connections, inspection, checker } = stack.use(await openEstate(parts));
  const listeners = await serveGateway({ snapshot, connections, options, tracing }, arrivals);
  stack.defer(() => listeners.close(options.drainTimeout));
  const running = stack.move();
  return {
    manualOrigin: listeners.manual.origin,
    compassOrigin: listeners.compass.origin,
    snapshot,
    inspection,
    checker,
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
