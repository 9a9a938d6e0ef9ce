import { hostname } from "node:os";
import { join } from "node:path";
import { startAdmin, type Admin } from "../admin/start-admin.ts";
import type { RunningServer } from "../cli/command-context.ts";
import { systemClock } from "../core/clock.ts";
import { kinds } from "../core/resources/kinds.ts";
import { externalApi, type ListServices } from "../gateway/external-api/external-api.ts";
import { startListener, type Listener } from "../http/listener.ts";
import { OwnListeners } from "../outbound/own-listeners.ts";
import { ServerCertificate } from "../pki/server-certificate.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { ingressHosts } from "../ingress/hosts.ts";
import type { Store } from "../stores/store.ts";
import { startTelemetry } from "../telemetry/telemetry.ts";
import type { Component } from "./components.ts";
import { failureOf } from "./failure-of.ts";
import type { Foundation } from "./foundation.ts";
import { inspectApplications, serviceLister } from "./inspect-applications.ts";
import { internalApis } from "./internal-apis.ts";
import { localUrl } from "./local-url.ts";
import { serveCalls } from "./serve-calls.ts";
import type { ServedGateway } from "./served-gateway.ts";
import type { ServeOptions } from "./settings.ts";
import { startEvents } from "./start-events.ts";
import { startPairing } from "./start-pairing.ts";
import { serveRegistry, type RunningRegistry } from "./start-registry.ts";
import { packageVersion } from "./version.ts";

export interface StartContext {
  /** Opened by the caller, so that its thread starts while this file is still being loaded. */
  readonly opening: Promise<Store>;
  /** Aborts the start. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether the process still takes calls; probes are answered until the last of them has ended. */
interface Phase {
  stopping: boolean;
}

/**
 * Starts every component of the embedded home, each from the parts that it needs, or nothing at all. What
 * was started last is stopped first, so the health listener stands before the gateway and outlives its drain.
 */
export async function start(options: ServeOptions, context: StartContext): Promise<RunningServer> {
  const { signal, environment } = context;
  await using stack = new AsyncDisposableStack();
  const directory = options.dataDir;
  const store = stack.use(await context.opening);
  const surroundings = { dataDirectory: directory, version: packageVersion(), environment };
  const telemetry = stack.use(await startTelemetry(options.telemetry, surroundings));
  const listeners = new OwnListeners();
  const foundation: Foundation = { options, environment, store, telemetry, listeners };
  stack.use(startEvents(foundation));
  const phase: Phase = { stopping: false };
  const runs = (component: Component) => options.components.includes(component);
  const started: Started = { gateway: undefined, all: false };
  const ready = readiness(store, phase, started);
  const services = runs("gateway") ? serviceLister(foundation, () => started.gateway) : undefined;
  const health = stack.use(await serveHealth(foundation, { ready, services }));
  const gateway = runs("gateway") ? stack.use(await serveCalls(foundation, signal)) : undefined;
  started.gateway = gateway;
  for (const url of [health.origin, gateway?.manualOrigin, gateway?.compassOrigin]) listeners.add(url ?? "");
  const certificate = stack.use(await openCertificate(foundation));
  const serving: Serving = { admin: undefined };
  const registry = runs("registry")
    ? stack.use(await openRegistry(foundation, { runs, gateway, serving, signal }))
    : undefined;
  const pairing = stack.use(
    await startPairing({ foundation, certificate, runs, registry: registry?.handler }),
  );
  const answers = gateway && stack.use(inspectApplications(foundation, gateway));
  const internal = internalApis([registry?.internal, answers], pairing.internal);
  const admin = runs("admin")
    ? stack.use(
        await serveAdmin(foundation, { certificate, gateway, internal, documents: registry?.documents }),
      )
    : undefined;
  serving.admin = admin;
  started.all = true;
  signal.throwIfAborted();
  const addresses = [
    { name: "gateway", url: gateway?.manualOrigin },
    { name: "gateway (Compass)", url: gateway?.compassOrigin },
    ...pairing.addresses,
    { name: "registry", url: registry?.origin },
    { name: "health and metrics", url: health.origin },
    { name: "admin API", url: admin?.origin },
  ].flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url }]));
  for (const { url } of addresses) listeners.add(url);
  const running = stack.move();
  return {
    addresses,
    gatewayUrl: gateway && localUrl(gateway.manualOrigin),
    kubeconfig: admin?.kubeconfig,
    failed: failureOf(store.ended, () => phase.stopping),
    close: () => {
      phase.stopping = true;
      return running.disposeAsync();
    },
  };
}

/** What has been started so far. */
interface Started {
  gateway: ServedGateway | undefined;
  all: boolean;
}

/** Why calls cannot be served now; undefined when they can. */
type Readiness = (options: { readonly signal: AbortSignal }) => Promise<string | undefined>;

function readiness(store: Store, phase: Phase, started: Started): Readiness {
  return async ({ signal }) => {
    if (phase.stopping) return "the process is shutting down";
    const gateway = started.gateway?.notReady;
    if (gateway !== undefined) return gateway;
    if (!started.all) return "not everything has been started yet";
    await store.check({ signal });
    return undefined;
  };
}

interface Answered {
  readonly ready: Readiness;
  readonly services: ListServices | undefined;
}

function serveHealth({ options, telemetry, store }: Foundation, answered: Answered): Promise<Listener> {
  const { host, healthPort: port, requestTimeout, externalApi: apiOptions } = options.gateway;
  const { log, level, metrics } = telemetry;
  const { ready, services } = answered;
  metrics?.observeStore(store);
  const handler = externalApi({
    options: apiOptions,
    log,
    level,
    metrics,
    ready,
    ...(services && { services }),
  });
  const server = { keepAliveTimeout: requestTimeout, headersTimeout: requestTimeout };
  return startListener({ host, port, setting: "gateway.healthPort", handler, server });
}

interface RegistrySurroundings {
  readonly runs: (component: Component) => boolean;
  readonly gateway: ServedGateway | undefined;
  readonly serving: Serving;
  readonly signal: AbortSignal;
}

/** The admin API, which is started after what it serves. */
interface Serving {
  admin: Admin | undefined;
}

function openRegistry(
  foundation: Foundation,
  { runs, gateway, serving, signal }: RegistrySurroundings,
): Promise<RunningRegistry> {
  return serveRegistry({
    foundation,
    gatewayUrl: gateway && localUrl(gateway.manualOrigin),
    gatewayPort: gateway ? portOf(gateway.manualOrigin) : foundation.options.gateway.port,
    isValidated: runs("validator"),
    signal,
    documents: {
      origin: () => serving.admin?.origin ?? "",
      authorise: (request) => serving.admin?.authorises(request) ?? false,
    },
  });
}

function openCertificate({ options, telemetry }: Foundation): Promise<ServerCertificate> {
  return ServerCertificate.open({
    directory: join(options.dataDir, "pki"),
    names: [hostname(), ...options.admin.names, ...Object.values(ingressHosts(options.ingress.domain))],
    clock: systemClock,
    renewalFailed: (error) => telemetry.log.error("the server certificate cannot be renewed", { error }),
  });
}

interface AdminParts {
  readonly certificate: ServerCertificate;
  readonly gateway: ServedGateway | undefined;
  readonly internal: RequestHandler | undefined;
  readonly documents: RequestHandler | undefined;
}

function serveAdmin(
  { options, store, telemetry }: Foundation,
  { certificate, gateway, internal, documents }: AdminParts,
): Promise<Admin> {
  return startAdmin({
    options: options.admin,
    directory: options.dataDir,
    store,
    kinds,
    certificate,
    credentialsNamespace: options.gateway.credentialsNamespace,
    internal,
    documents,
    gateway: gateway && {
      gatewayUrl: localUrl(gateway.manualOrigin),
      compassUrl: localUrl(gateway.compassOrigin),
      credentialsNamespace: options.gateway.credentialsNamespace,
    },
    live: telemetry.live,
    clock: systemClock,
    random: Math.random,
    surprised: (error) => telemetry.log.error("the admin API met an unexpected error", { error }),
  });
}

/** The settings may leave the choice to the system. */
function portOf(origin: string): number {
  return Number(new URL(origin).port || "80");
}
