import type { Clock } from "../core/clock.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Connections } from "../outbound/connections.ts";
import { EgressPolicy } from "../outbound/egress-policy.ts";
import type { OutboundOptions } from "../outbound/options.ts";
import type { ProxyEnvironment } from "../outbound/proxy-environment.ts";
import { compileApplication, extendApplication } from "../snapshot/compile-application.ts";
import { StoreFollower } from "../snapshot/follow.ts";
import { Snapshot } from "../snapshot/snapshot.ts";
import type { Store } from "../stores/store.ts";
import type { Tracing } from "../telemetry/tracing.ts";
import type { CheckerOptions } from "./check/check-application.ts";
import { Inspection } from "./inspection/inspection.ts";
import { LimitStates } from "./limits/limit-states.ts";
import type { GatewayOptions } from "./options.ts";
import { serveGateway } from "./serve.ts";

export interface GatewayParts {
  readonly store: Store;
  readonly options: GatewayOptions;
  readonly outbound: OutboundOptions;
  readonly proxies: ProxyEnvironment | undefined;
  readonly tracing: Tracing | undefined;
  readonly clock: Clock;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly manualOrigin: string;
  readonly compassOrigin: string;
  readonly snapshot: Snapshot;
  readonly inspection: Inspection;
  /** How a dry run goes out: as calls do. */
  readonly checker: CheckerOptions;
  /** Finishes calls in flight for at most `drainTimeout`, then cuts them. */
  close(): Promise<void>;
}

/** Reads the store, compiles what it holds, then listens: the first call already finds everything. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { store, options, outbound, proxies, tracing, clock, warn } = parts;
  await using stack = new AsyncDisposableStack();
  const policy = new EgressPolicy(outbound.deniedNetworks);
  const connections = stack.use(new Connections({ options: outbound, policy, proxies }));
  const { proxyTimeout: timeout, requireOwnSecrets } = options;
  const credentials = stack.use(new Credentials({ connections, policy, clock, timeout }));
  const context = {
    credentials,
    policy,
    limits: new LimitStates(),
    requireOwnSecrets,
    warn: (application: string, message: string) => warn(message, { application }),
  };
  const snapshot = new Snapshot();
  let inspection: Inspection | undefined;
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
      refreshed: (application) => inspection?.refreshed(application),
    }),
  );
  inspection = new Inspection(follower, context, clock);
  const listeners = await serveGateway({ snapshot, connections, options, tracing });
  stack.defer(() => listeners.close(options.drainTimeout));
  const running = stack.move();
  return {
    manualOrigin: listeners.manual.origin,
    compassOrigin: listeners.compass.origin,
    snapshot,
    inspection,
    checker: { outbound: { options: outbound, policy, proxies }, clock, timeout, requireOwnSecrets },
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
