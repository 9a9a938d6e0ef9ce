import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { fileURLToPath } from "node:url";
import type { Clock } from "../core/clock.ts";
import { startListener, type Listener } from "../http/listener.ts";
import { NetworkList } from "../http/network-list.ts";
import { plainAddress } from "../http/peer-address.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { Connections } from "../outbound/connections.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import type { ClientAuthority } from "../pki/client-authority.ts";
import type { RevocationSet } from "../pki/revocations.ts";
import type { ServerKeyPair } from "../pki/server-key-pair.ts";
import type { Store } from "../stores/store.ts";
import { checkOptions, configuredFields } from "./check-options.ts";
import { DeletedApplications } from "./deleted-applications.ts";
import { ExpiryWatch } from "./expiry-watch.ts";
import { GatewayLookup } from "./gateway-lookup.ts";
import { startInternalListener, type InternalListener } from "./internal-listener.ts";
import { CertificateIssuer } from "./issue-certificate.ts";
import type { ConnectorOptions } from "./options.ts";
import { PairingTokens } from "./pairing-tokens.ts";
import { PublicUrls, type PublicHosts } from "./public-urls.ts";
import { PublishedList } from "./revocation-list.ts";
import { Revoking } from "./revoke.ts";
import { router } from "./router.ts";
import { certificateRoutes, internalRoutes, tokenRoutes } from "./routes.ts";
import type { AuthorityParts } from "./endpoints/authority.ts";
import { TokenRequests } from "./token-requests.ts";
import { Upkeep } from "./upkeep.ts";

export interface ConnectorStart {
  readonly options: ConnectorOptions;
  readonly store: Store;
  readonly authority: ClientAuthority;
  /** Shared with the ingress, and fed by whoever starts both from `store.pairing.watchRevocations`. */
  readonly revocations: Pick<RevocationSet, "check" | "add">;
  /** Public hosts of the ingress, asked for each URL, for it may learn its ports later. */
  readonly hosts: () => PublicHosts;
  /** For the look-up of gateway URLs, where that is enabled. */
  readonly connections: Connections;
  readonly policy: EgressPolicy;
  /** Which listeners of its own it has: where no admin API, and no ingress, runs in this process. */
  readonly listens: { readonly internal: boolean; readonly external: boolean };
  /** For the internal listener beyond the loopback. */
  readonly certificate?: ServerKeyPair | undefined;
  readonly clock: Clock;
  readonly random?: (bytes: number) => Buffer;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Connector extends AsyncDisposable {
  /** Of connector spec §5, and what the command line asks for: behind authentication alone. */
  readonly internal: RequestHandler;
  /** Of connector spec §6: for everybody. */
  readonly tokenHost: RequestHandler;
  /** Of connector spec §7: for requests with a client identity. */
  readonly certificateHost: RequestHandler;
  /** Where its own listeners are, if it has them. */
  readonly internalOrigin: string | undefined;
  readonly externalOrigin: string | undefined;
  close(): Promise<void>;
}

/** Starts pairing, or nothing: CONNECTOR_UNUSABLE_SETTING and CONNECTOR_UNPROTECTED say why. */
export async function startConnector(start: ConnectorStart): Promise<Connector> {
  const { options, store, clock, warn } = start;
  checkOptions(options);
  await using stack = new AsyncDisposableStack();
  const { parts, list, expiry } = assemble(start);
  stack.use(expiry);
  stack.use(parts.tokens);
  stack.use(new Upkeep({ records: store.pairing, clock, warn }));
  const surroundings = {
    clock,
    peerOf: (request: IncomingMessage) => peerOf(request, parts.trusts(request)),
  };
  const token = tokenRoutes(parts, list, documentDate());
  const certificate = certificateRoutes(parts);
  const internal = router(internalRoutes(parts, list), surroundings);
  const listeners = await listen(start, internal, router([...token, ...certificate], surroundings));
  for (const listener of Object.values(listeners)) if (listener) stack.use(listener);
  if (options.tokenRequests.enabled) {
    stack.use(new TokenRequests({ store, options, tokens: parts.tokens, urls: parts.urls, clock, warn }));
  }
  if (options.revokeOnDeletion) {
    stack.use(new DeletedApplications({ store, revoking: parts.revoking, clock, warn }));
  }
  const running = stack.move();
  return {
    internal,
    tokenHost: router(token, surroundings),
    certificateHost: router(certificate, surroundings),
    internalOrigin: listeners.internal?.origin,
    externalOrigin: listeners.external?.origin,
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Assembled {
  readonly parts: AuthorityParts;
  readonly list: PublishedList;
  readonly expiry: ExpiryWatch;
}

function assemble(start: ConnectorStart): Assembled {
  const { options, store, authority, revocations, clock, warn, random = randomBytes } = start;
  const records = store.pairing;
  const fields = configuredFields(options);
  const list = new PublishedList({ records, authority, clock });
  const expiry = new ExpiryWatch({ records, authority, clock, warn });
  const validities = {
    application: options.appCertificateValidity,
    runtime: options.runtimeCertificateValidity,
  };
  const lifetimes = { application: options.appTokenLifetime, runtime: options.runtimeTokenLifetime };
  const trusted = new NetworkList(start.listens.external ? options.trustedXfccProxies : []);
  const parts: AuthorityParts = {
    fields,
    central: options.central,
    validities,
    records,
    authority,
    tokens: new PairingTokens({ records, clock, random, length: options.tokenLength, lifetimes }),
    urls: new PublicUrls({ options, hosts: start.hosts, lookUp: lookUpOf(start) }),
    issuer: new CertificateIssuer({
      sign: (order) => authority.sign(order),
      fields,
      validities,
      uriName: options.certificateUriName,
      strictErrors: options.strictErrors,
      clock,
      issued: (certificate) => expiry.issued(certificate),
    }),
    revoking: new Revoking({
      records,
      clock,
      revoked: (hash) => revocations.add(hash),
      changed: (hash) => {
        list.outdate();
        expiry.revoked(hash);
      },
    }),
    revoked: (hash) => revocations.check(hash),
    trusts: ({ socket }) => trusted.contains(socket.remoteAddress ?? ""),
    clock,
  };
  return { parts, list, expiry };
}

function lookUpOf({ options, connections, policy, clock }: ConnectorStart) {
  if (!options.lookupEnabled) return undefined;
  const lookup = new GatewayLookup({ path: options.lookupConfigMapPath, connections, policy, clock });
  return (context: Parameters<GatewayLookup["urlOf"]>[0]) => lookup.urlOf(context);
}

async function listen(
  { options, listens, certificate }: ConnectorStart,
  internal: RequestHandler,
  handler: RequestHandler,
): Promise<{ readonly internal: InternalListener | undefined; readonly external: Listener | undefined }> {
  await using stack = new AsyncDisposableStack();
  const inside = listens.internal
    ? stack.use(await startInternalListener(options, internal, certificate))
    : undefined;
  const { externalHost: host, externalPort: port } = options;
  const external = listens.external
    ? stack.use(await startListener({ host, port, setting: "connector.externalPort", handler }))
    : undefined;
  stack.move();
  return { internal: inside, external };
}

/** Behind a trusted proxy the last address that it noted; IPv4 as such. */
function peerOf({ socket, headersDistinct }: IncomingMessage, isBehindProxy: boolean): string | undefined {
  const forwarded = isBehindProxy
    ? headersDistinct["x-forwarded-for"]?.at(-1)?.split(",").at(-1)?.trim()
    : "";
  return plainAddress(forwarded || socket.remoteAddress)?.slice(0, 64);
}

/** When the document, which is part of the program, can have changed last. */
function documentDate(): Date {
  return statSync(fileURLToPath(import.meta.url)).mtime;
}
