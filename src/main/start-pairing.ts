import { createHash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { openAuthority } from "../connector/open-authority.ts";
import { startConnector, type Connector } from "../connector/start.ts";
import { systemClock } from "../core/clock.ts";
import { sendJsonError } from "../http/json-error.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { ingressHosts } from "../ingress/hosts.ts";
import { openServerCertificate } from "../ingress/open-server-certificate.ts";
import { startIngress, type Ingress } from "../ingress/start.ts";
import { Connections } from "../outbound/connections.ts";
import { EgressPolicy } from "../outbound/egress-policy.ts";
import { readProxyEnvironment } from "../outbound/proxy-environment.ts";
import { pemBlocks } from "../pki/pem.ts";
import { RevocationSet } from "../pki/revocations.ts";
import type { ServerCertificate } from "../pki/server-certificate.ts";
import type { ServerKeyPair } from "../pki/server-key-pair.ts";
import { KeptWatch } from "../snapshot/kept-watch.ts";
import type { RunningServer } from "../cli/command-context.ts";
import { startValidator, type Validator } from "../validator/start.ts";
import type { Component } from "./components.ts";
import type { Foundation } from "./foundation.ts";

/** What external systems come in by, as far as this process runs it. */
export interface Pairing extends AsyncDisposable {
  /** The connector's internal API, for the admin API to put behind its authentication. */
  readonly internal: RequestHandler | undefined;
  readonly addresses: RunningServer["addresses"];
}

export interface PairingParts {
  readonly foundation: Foundation;
  /** Of our own authority, for all TLS servers that have no other. */
  readonly certificate: ServerCertificate;
  readonly runs: (component: Component) => boolean;
  /** The Application Registry of this process. */
  readonly registry: RequestHandler | undefined;
}

/** Starts ingress, connector and validator, each from what it needs of the others. */
export async function startPairing(parts: PairingParts): Promise<Pairing> {
  const { foundation, runs } = parts;
  const { options, telemetry, environment } = foundation;
  await using stack = new AsyncDisposableStack();
  const warn = (message: string, fields: Readonly<Record<string, unknown>>) =>
    telemetry.log.warn(message, fields);
  const policy = new EgressPolicy(options.outbound.deniedNetworks);
  const proxies = readProxyEnvironment(environment);
  const connections = stack.use(new Connections({ options: options.outbound, policy, proxies }));
  const common: Common = { ...parts, connections, policy, warn };
  const { revocations } = stack.use(await followRevocations(common));
  const inside =
    runs("ingress") || runs("connector") ? stack.use(await openIdentities(common, revocations)) : undefined;
  const listening: { ingress?: Ingress } = {};
  const connector =
    inside && runs("connector")
      ? stack.use(await serveConnector(common, inside, () => listening.ingress))
      : undefined;
  const validator = runs("validator") ? stack.use(await serveValidator(common, revocations)) : undefined;
  if (inside && runs("ingress")) {
    listening.ingress = stack.use(await serveIngress(common, inside, { connector, validator }));
  }
  const { ingress } = listening;
  const addresses = [
    {
      name: "ingress (client certificates)",
      url: ingress && publicUrl(ingress.gatewayOrigin, common, "gateway"),
    },
    {
      name: "ingress (pairing)",
      url: ingress && publicUrl(ingress.pairingOrigin, common, "connectorService"),
    },
    { name: "connector", url: connector?.externalOrigin },
    { name: "connector (internal)", url: connector?.internalOrigin },
    { name: "validator", url: validator?.origin },
  ].flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url }]));
  const running = stack.move();
  return {
    internal: connector && inside && tellingAuthority(connector.internal, presentedBy(parts, inside)),
    addresses,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Common extends PairingParts {
  readonly connections: Connections;
  readonly policy: EgressPolicy;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Whose certificates count, and what our hosts present. */
interface Identities extends AsyncDisposable {
  readonly authority: Awaited<ReturnType<typeof openAuthority>>["authority"];
  readonly revocations: RevocationSet;
  readonly certificate: ServerKeyPair;
}

async function openIdentities(
  { foundation, certificate: own, warn }: Common,
  revocations: RevocationSet,
): Promise<Identities> {
  const { options, store } = foundation;
  await using stack = new AsyncDisposableStack();
  const directory = join(options.dataDir, "pki");
  const opening = { options: options.connector, directory, store, clock: systemClock, warn };
  const { authority } = stack.use(await openAuthority(opening));
  const { certificate } = stack.use(
    await openServerCertificate({
      options: options.ingress,
      store,
      own: withAuthority(own),
      clock: systemClock,
      warn,
    }),
  );
  const running = stack.move();
  return { authority, revocations, certificate, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function followRevocations({
  foundation: { store },
  warn,
}: Common): Promise<AsyncDisposable & { readonly revocations: RevocationSet }> {
  await using stack = new AsyncDisposableStack();
  const revocations = new RevocationSet();
  const following = stack.use(
    new KeptWatch({
      watch: (synced, signal) => revocations.follow(store.pairing.watchRevocations({ signal }), synced),
      interrupted: (error) =>
        warn("the watch of revoked certificates broke off and is begun again", { error }),
      clock: systemClock,
    }),
  );
  await following.synced;
  const running = stack.move();
  return { revocations, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Clients that know the authority by its hash alone must be shown it (amendment A8). */
function withAuthority(own: ServerCertificate): ServerKeyPair {
  return {
    get current() {
      const { cert, key } = own.current;
      return { cert: cert + own.authority, key };
    },
    onRenewed: (listener) => own.onRenewed(listener),
  };
}

/** undefined where a proxy in front presents a certificate that nothing here knows. */
function presentedBy(
  { foundation, runs }: PairingParts,
  { certificate }: Identities,
): ServerKeyPair | undefined {
  const { certificateFile, certificateSecret } = foundation.options.ingress;
  const isKnown = runs("ingress") || certificateFile !== "" || certificateSecret !== "";
  return isKnown ? certificate : undefined;
}

/** The command line puts the hash into pairing links; with `system` their readers decide whom they trust. */
function tellingAuthority(handler: RequestHandler, certificate: ServerKeyPair | undefined): RequestHandler {
  return (request, response) => {
    const hash = certificate && authorityHash(certificate.current.cert);
    response.setHeader("Server-Authority-Sha256", hash ?? "system");
    handler(request, response);
  };
}

function authorityHash(chain: string): string | undefined {
  const last = [...pemBlocks(chain)].at(-1)?.der;
  if (!last) return undefined;
  const certificate = new X509Certificate(last);
  const isRoot = certificate.ca && certificate.checkIssued(certificate);
  return isRoot ? createHash("sha256").update(last).digest("hex") : undefined;
}

function serveConnector(
  { foundation, runs, connections, policy, certificate, warn }: Common,
  { authority, revocations }: Identities,
  ingress: () => Ingress | undefined,
): Promise<Connector> {
  const { options, store } = foundation;
  const hosts = ingressHosts(options.ingress.domain);
  return startConnector({
    options: options.connector,
    store,
    authority,
    revocations,
    hosts: () => ({
      gateway: withPort(hosts.gateway, ingress()?.gatewayOrigin),
      connectorService: withPort(hosts.connectorService, ingress()?.pairingOrigin),
    }),
    connections,
    policy,
    listens: { internal: !runs("admin"), external: !runs("ingress") },
    certificate,
    clock: systemClock,
    warn,
  });
}

function withPort(host: string, origin: string | undefined): string {
  const port = origin === undefined ? "" : new URL(origin).port;
  return port === "" ? host : `${host}:${port}`;
}

function publicUrl(origin: string, { foundation }: Common, host: "gateway" | "connectorService"): string {
  return `https://${withPort(ingressHosts(foundation.options.ingress.domain)[host], origin)}`;
}

function serveValidator(
  { foundation, runs, registry, connections, warn }: Common,
  revocations: RevocationSet,
): Promise<Validator> {
  const { options, store } = foundation;
  return startValidator({
    store,
    options: options.validator,
    central: options.connector.central,
    connections,
    upstreams: {
      registry: registry ?? notRunning("application registry"),
      events: notRunning("event publisher"),
    },
    listens: !runs("ingress"),
    revoked: (hash) => revocations.has(hash),
    clock: systemClock,
    warn,
  });
}

function serveIngress(
  { foundation, warn }: Common,
  { authority, revocations, certificate }: Identities,
  {
    connector,
    validator,
  }: { readonly connector: Connector | undefined; readonly validator: Validator | undefined },
): Promise<Ingress> {
  const { options } = foundation;
  return startIngress({
    options: options.ingress,
    hosts: ingressHosts(options.ingress.domain),
    certificate,
    trust: { bundle: () => authority.bundle, onChanged: (listener) => authority.onChanged(listener) },
    revoked: (hash) => revocations.check(hash),
    routes: {
      tokenHost: connector?.tokenHost ?? notRunning("connector"),
      certificateHost: connector?.certificateHost ?? notRunning("connector"),
      validator: validator?.handler ?? notRunning("validator"),
    },
    clock: systemClock,
    warn,
  });
}

/** For what this process does not run, and no setting says where else it does. */
function notRunning(component: string): RequestHandler {
  return (_request, response) => sendJsonError(response, 503, `the ${component} does not run here`);
}
