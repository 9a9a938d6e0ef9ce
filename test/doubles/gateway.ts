import { equal } from "node:assert/strict";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import type { Secret } from "../../src/core/resources/secret.ts";
import { isSetting } from "../../src/config/setting.ts";
import { Credentials } from "../../src/credentials/credentials.ts";
import { LimitStates } from "../../src/gateway/limits/limit-states.ts";
import { gatewaySettings, type GatewayOptions } from "../../src/gateway/options.ts";
import { serveGateway, type GatewayListeners } from "../../src/gateway/serve.ts";
import { compileApplication } from "../../src/snapshot/compile-application.ts";
import { Snapshot } from "../../src/snapshot/snapshot.ts";
import { callFinished, callsInFlight, type FinishedCall } from "../../src/telemetry/channels.ts";
import type { Tracing } from "../../src/telemetry/tracing.ts";
import { secret } from "./applications.ts";
import type { TestAuthority } from "./certificates.ts";
import { eventually } from "./eventually.ts";
import { openOutbound } from "./outbound.ts";
import { connectRaw, type RawClient } from "./raw-client.ts";
import type { RawResponse } from "./raw-response.ts";

type Values = Readonly<Record<string, string>>;

export interface GatewayStart {
  readonly applications?: readonly New<Application>[];
  /** Plain values by the Secret's name. */
  readonly secrets?: Readonly<Record<string, Values>>;
  readonly options?: Partial<GatewayOptions>;
  /** Trusted beside the system's authorities. */
  readonly authority?: TestAuthority;
  readonly deniedNetworks?: readonly string[];
  /** For the lives of tokens. */
  readonly clock?: Clock;
  readonly tracing?: Tracing;
  /** false: the configuration has not been read yet. */
  readonly synced?: boolean;
}

export interface Call {
  readonly listener?: "manual" | "compass";
  /** Whole lines, `Name: value`. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer | undefined;
}

/** Starts the data plane on free ports, with everything real but the store in front of its snapshot. */
export async function startGateway(start: GatewayStart = {}): Promise<Gateway> {
  const stack = new AsyncDisposableStack();
  const { connections, policy } = stack.use(await openOutbound(start.authority, start.deniedNetworks));
  const options = { ...defaults(), port: 0, compassPort: 0, ...start.options };
  const credentials = stack.use(
    new Credentials({
      connections,
      policy,
      clock: start.clock ?? systemClock,
      timeout: options.proxyTimeout,
    }),
  );
  const snapshot = new Snapshot();
  const listeners = await serveGateway({
    snapshot,
    connections,
    options,
    tracing: start.tracing,
  });
  stack.use(listeners);
  const warn = (_: string, message: string) => void gateway.warnings.push(message);
  const limits = new LimitStates();
  const gateway: Gateway = new Gateway(listeners, stack, {
    snapshot,
    compile: (application, find) =>
      compileApplication(application, find, { credentials, policy, limits, warn }),
  });
  for (const [name, data] of Object.entries(start.secrets ?? {})) gateway.applySecret(name, data);
  for (const application of start.applications ?? []) gateway.apply(application);
  if (start.synced !== false) snapshot.markSynced();
  return gateway;
}

interface Plane {
  readonly snapshot: Snapshot;
  readonly compile: (
    application: Application,
    find: (name: string) => Secret | undefined,
  ) => ReturnType<typeof compileApplication>;
}

/** A running data plane, and callers for it. */
export class Gateway implements AsyncDisposable {
  /** What operators were told of Applications. */
  readonly warnings: string[] = [];
  /** Every call that has ended. */
  readonly finished: FinishedCall[] = [];
  readonly #listeners: GatewayListeners;
  readonly #stack: AsyncDisposableStack;
  readonly #plane: Plane;
  readonly #applications = new Map<string, Application>();
  readonly #secrets = new Map<string, Secret>();
  #inFlight = 0;

  constructor(listeners: GatewayListeners, stack: AsyncDisposableStack, plane: Plane) {
    this.#listeners = listeners;
    this.#stack = stack;
    this.#plane = plane;
    callFinished.subscribe(this.#callFinished);
    callsInFlight.subscribe(this.#callsInFlight);
  }

  get port(): number {
    return this.#listeners.manual.port;
  }

  get compassPort(): number {
    return this.#listeners.compass.port;
  }

  /** Connections of callers that are open now. */
  get connections(): number {
    return this.#listeners.manual.connections + this.#listeners.compass.connections;
  }

  /** Creates or replaces an Application; calls see it at once. */
  apply(application: New<Application>): void {
    const { name } = application.metadata;
    this.#applications.set(name, application as Application);
    this.#publish(name);
  }

  remove(name: string): void {
    this.#applications.delete(name);
    this.#plane.snapshot.withdraw(name);
  }

  /** Creates or replaces a Secret; calls see it at once. */
  applySecret(name: string, data: Values): void {
    this.#secrets.set(name, secret(name, data) as Secret);
    for (const application of this.#applications.keys()) this.#publish(application);
  }

  removeSecret(name: string): void {
    this.#secrets.delete(name);
    for (const application of this.#applications.keys()) this.#publish(application);
  }

  /** A connection to 8080, or to 8082. */
  connect(listener: "manual" | "compass" = "manual"): Promise<RawClient> {
    return connectRaw(listener === "manual" ? this.port : this.compassPort);
  }

  /** One call on a connection of its own, until its answer is complete. */
  async call(method: string, path: string, { listener, ...request }: Call = {}): Promise<RawResponse> {
    await using client = await this.connect(listener);
    await client.request(method, path, request);
    return await client.response();
  }

  /** Resolves once so many calls are under way. */
  async inFlight(count: number): Promise<void> {
    await eventually(() => equal(this.#inFlight, count), { timeout: 30_000 });
  }

  /** Stops accepting and waits for calls in flight. */
  drain(grace: number): Promise<void> {
    return this.#listeners.close(grace);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    callFinished.unsubscribe(this.#callFinished);
    callsInFlight.unsubscribe(this.#callsInFlight);
  }

  #publish(name: string): void {
    const application = this.#applications.get(name);
    if (!application) return;
    const compiled = this.#plane.compile(application, (wanted) => this.#secrets.get(wanted));
    this.#plane.snapshot.publish(compiled);
  }

  readonly #callFinished = (call: FinishedCall): void => void this.finished.push(call);

  readonly #callsInFlight = ({ delta }: { readonly delta: number }): void => void (this.#inFlight += delta);
}

function defaults(): GatewayOptions {
  const values = Object.entries(gatewaySettings).map(([name, setting]) => {
    if (!isSetting(setting)) throw new Error(`${name} is no setting`);
    return [name, setting.default];
  });
  return Object.fromEntries(values) as GatewayOptions;
}
