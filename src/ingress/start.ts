import type { TlsOptions } from "node:tls";
import type { Clock } from "../core/clock.ts";
import type { Listener } from "../http/listener.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { ServerKeyPair } from "../pki/server-key-pair.ts";
import type { IngressListener } from "../telemetry/channels.ts";
import { ClientTrust, type TrustSource } from "./client-trust.ts";
import { FailedTokens } from "./failed-tokens.ts";
import type { IngressHosts } from "./hosts.ts";
import { listen } from "./listen.ts";
import type { IngressOptions } from "./options.ts";
import type { IngressContext } from "./serve.ts";

export interface IngressParts {
  readonly options: IngressOptions;
  readonly hosts: IngressHosts;
  /** For both hosts. */
  readonly certificate: ServerKeyPair;
  /**
   * Whose certificates let a client in: self-signed roots, and every authority that signs clients itself.
   * A client whose own issuer is not in the bundle is refused even if a root above it is.
   */
  readonly trust: TrustSource;
  /** By lower-case hex SHA-256 of the DER; undefined while the list has never been read. */
  readonly revoked: (hash: string) => boolean | undefined;
  readonly routes: {
    /** Paths of connector spec §6, for clients without a certificate. */
    readonly tokenHost: RequestHandler;
    /** Paths of connector spec §7; the request has a client identity. */
    readonly certificateHost: RequestHandler;
    /** `/{application}/…`; the request has a client identity. */
    readonly validator: RequestHandler;
  };
  readonly clock: Clock;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Ingress extends AsyncDisposable {
  /** `https://127.0.0.1:8443` */
  readonly gatewayOrigin: string;
  readonly pairingOrigin: string;
  /** Ends connections with their answers, waits at most `drainTimeout` for them, then cuts the rest. */
  close(): Promise<void>;
}

/**
 * Binds both listeners or none. Two TLS servers, because one that asks for certificates without insisting
 * can be talked into accepting none (connector spec §17).
 */
export async function startIngress(parts: IngressParts): Promise<Ingress> {
  const { options, certificate, trust } = parts;
  await using stack = new AsyncDisposableStack();
  const phase = { draining: false };
  const trusted = { current: new ClientTrust(trust.bundle()) };
  trusted.current.assertSeparateFrom(certificate.current.cert);
  const shared = { parts, phase, trusted };
  const gateway = stack.use(
    await listen(contextOf("gateway", shared), options, gatewayTls(certificate.current, trusted.current)),
  );
  const pairing = stack.use(await listen(contextOf("pairing", shared), options, certificate.current));
  const reload = reloading(parts, trusted, { gateway, pairing });
  stack.use(certificate.onRenewed(reload));
  stack.use(trust.onChanged(reload));
  const running = stack.move();
  const close = async () => {
    phase.draining = true;
    await Promise.all([gateway.close(options.drainTimeout), pairing.close(options.drainTimeout)]);
    await running.disposeAsync();
  };
  return {
    gatewayOrigin: gateway.origin,
    pairingOrigin: pairing.origin,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Shared {
  readonly parts: IngressParts;
  readonly phase: { draining: boolean };
  readonly trusted: { current: ClientTrust };
}

function contextOf(listener: IngressListener, { parts, phase, trusted }: Shared): IngressContext {
  const { options, hosts, routes, revoked, clock } = parts;
  return {
    listener,
    host: listener === "gateway" ? hosts.gateway : hosts.connectorService,
    maxBodySize: options.maxBodySize,
    maxConnectionAge: options.maxConnectionAge,
    routes:
      listener === "gateway"
        ? { certificate: routes.certificateHost, validator: routes.validator }
        : { token: routes.tokenHost, public: routes.tokenHost },
    trust: trusted,
    revoked,
    failedTokens: new FailedTokens(options.failedTokensPerMinute, clock),
    clock,
    phase,
  };
}

type ServerPair = ServerKeyPair["current"];

/** The wanted pair, else the one before; throws where that one shares an authority with clients as well. */
function separateOf(
  trust: ClientTrust,
  { wanted, before }: { readonly wanted: ServerPair; readonly before: ServerPair },
  unusable: (error: unknown) => void,
): ServerPair {
  try {
    trust.assertSeparateFrom(wanted.cert);
    return wanted;
  } catch (error) {
    trust.assertSeparateFrom(before.cert);
    unusable(error);
    return before;
  }
}

function gatewayTls(server: ServerPair, trust: ClientTrust): TlsOptions {
  return {
    ...server,
    requestCert: true,
    rejectUnauthorized: true,
    ca: [...trust.certificates],
  };
}

/**
 * What is unusable is reported: the listeners go on with what they have. A server certificate that is not
 * usable beside the trust stays away by itself, so that it keeps no authority from being retired.
 */
function reloading(
  parts: IngressParts,
  trusted: { current: ClientTrust },
  { gateway, pairing }: { readonly gateway: Listener; readonly pairing: Listener },
): () => void {
  const { certificate, trust, warn } = parts;
  const unusable = (error: unknown) =>
    warn("the ingress cannot use its new certificates and goes on with the old ones", { error });
  let server = certificate.current;
  return () => {
    try {
      const next = new ClientTrust(trust.bundle());
      server = separateOf(next, { wanted: certificate.current, before: server }, unusable);
      // First of all: connections that stand must not outlive the trust in their authority.
      trusted.current = next;
      gateway.renewTls(gatewayTls(server, next));
      pairing.renewTls(server);
    } catch (error) {
      unusable(error);
    }
  };
}
