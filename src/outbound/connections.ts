import { lookup, type LookupAddress } from "node:dns";
import { readFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Pool, ProxyAgent, type Dispatcher } from "undici";
import type { EgressPolicy } from "./egress-policy.ts";
import { TargetPool } from "./http1/pool.ts";
import type { OutboundOptions } from "./options.ts";
import { proxyFor, type ProxyEnvironment } from "./proxy-environment.ts";
import type { TlsIdentity } from "./tls-identity.ts";

/** Why a connection was refused before it was made: the name resolves to a forbidden address only. */
export class EgressRefused extends Error {
  readonly code = "EGRESS_REFUSED";
  constructor(hostname: string) {
    super(`${hostname} resolves to an address that the egress policy refuses`);
    this.name = "EgressRefused";
  }
}

export interface ConnectionsOptions {
  readonly options: OutboundOptions;
  readonly policy: EgressPolicy;
  /** From HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly proxies: ProxyEnvironment | undefined;
}

/** How often unused pools are looked for, in milliseconds. */
const SWEEP_INTERVAL = 60_000;

/** The pools of one TLS identity. A pool never serves two identities (gateway spec §19). */
interface IdentityPools {
  readonly identity: TlsIdentity;
  readonly pools: Map<string, PooledDispatcher>;
  readonly targets: Map<string, TargetPool>;
  secureContext: SecureContext | undefined;
}

interface PooledDispatcher {
  readonly dispatcher: Dispatcher;
  /** Set by every use, cleared by every sweep: unused between two sweeps means closed. */
  used: boolean;
}

/** Outgoing connections: one pool per origin and TLS identity, made on first use and closed when unused. */
export class Connections implements AsyncDisposable {
  readonly #options: OutboundOptions;
  readonly #policy: EgressPolicy;
  readonly #proxies: ProxyEnvironment | undefined;
  readonly #identities = new Map<string, IdentityPools>();
  readonly #sweeper: NodeJS.Timeout;
  #authorities: string[] | undefined;

  constructor({ options, policy, proxies }: ConnectionsOptions) {
    this.#options = options;
    this.#policy = policy;
    this.#proxies = proxies;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_INTERVAL).unref();
  }

  /** `origin` is `https://host:port` as `URL.origin` writes it. */
  dispatcher(origin: string, identity: TlsIdentity): Dispatcher {
    let pools = this.#identities.get(identity.key);
    if (!pools) {
      pools = { identity, pools: new Map(), targets: new Map(), secureContext: undefined };
      this.#identities.set(identity.key, pools);
    }
    let pooled = pools.pools.get(origin);
    if (!pooled) {
      pooled = { dispatcher: this.#open(origin, pools), used: true };
      pools.pools.set(origin, pooled);
    }
    pooled.used = true;
    return pooled.dispatcher;
  }

  /** `origin` is `https://host:port` as `URL.origin` writes it. */
  pool(origin: string, identity: TlsIdentity): TargetPool {
    let pools = this.#identities.get(identity.key);
    if (!pools) {
      pools = { identity, pools: new Map(), targets: new Map(), secureContext: undefined };
      this.#identities.set(identity.key, pools);
    }
    let pool = pools.targets.get(origin);
    if (!pool) {
      pool = this.#openPool(origin, pools);
      pools.targets.set(origin, pool);
    }
    return pool;
  }

  #openPool(origin: string, identity: IdentityPools): TargetPool {
    const { connectTimeout, idleTimeout } = this.#options;
    const tls = origin.startsWith("https:") ? this.#tls(identity) : undefined;
    return new TargetPool({
      origin,
      tls: tls && { secureContext: tls.secureContext, verify: tls.rejectUnauthorized },
      proxy: proxyFor(origin, this.#proxies),
      lookup: pinnedLookup(this.#policy),
      connectTimeout,
      idleTimeout,
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const dispatchers = [...this.#identities.values()].flatMap(({ pools }) => [...pools.values()]);
    this.#identities.clear();
    await Promise.all(dispatchers.map(({ dispatcher }) => dispatcher.destroy()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(origin: string, identity: IdentityPools): Dispatcher {
    const connect = {
      timeout: this.#options.connectTimeout,
      lookup: pinnedLookup(this.#policy),
      ...(origin.startsWith("https:") ? this.#tls(identity) : {}),
    };
    const shared = {
      allowH2: false,
      // Timers of our own decide: undici's have a resolution of a second and end streams that merely pause.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: this.#options.idleTimeout,
      keepAliveMaxTimeout: this.#options.idleTimeout,
      maxHeaderSize: 64 * 1024,
    };
    const proxy = proxyFor(origin, this.#proxies);
    if (proxy) return new ProxyAgent({ ...shared, uri: proxy, requestTls: connect });
    return new Pool(origin, { ...shared, connect });
  }

  /** One secure context per identity: parsing PEM for every connection would cost more than the handshake. */
  #tls(pools: IdentityPools): { rejectUnauthorized: boolean; secureContext: SecureContext } {
    const { certificate, verify } = pools.identity;
    pools.secureContext ??= createSecureContext({
      ca: this.#trusted(),
      minVersion: "TLSv1.2",
      ...(certificate ? { cert: certificate.crt, key: certificate.key } : {}),
    });
    return { rejectUnauthorized: verify, secureContext: pools.secureContext };
  }

  /** Node's own list is built in; the system's store and the configured file come on top (gateway spec §22). */
  #trusted(): string[] {
    if (!this.#authorities) {
      const { caFile } = this.#options;
      const further = caFile === "" ? [] : [readFileSync(caFile, "utf8")];
      this.#authorities = [...getCACertificates("default"), ...getCACertificates("system"), ...further];
    }
    return this.#authorities;
  }

  #sweep(): void {
    for (const [key, { pools }] of this.#identities) {
      for (const [origin, pooled] of pools) {
        if (!pooled.used) {
          pools.delete(origin);
          // close() lets calls in flight end; a pool without any closes its idle sockets at once.
          void pooled.dispatcher.close();
        }
        pooled.used = false;
      }
      if (pools.size === 0) this.#identities.delete(key);
    }
  }
}

/**
 * Resolves and checks in one step, so that the address that was checked is the one that is connected to:
 * a name that answers differently the second time (DNS rebinding) gains nothing.
 */
function pinnedLookup(policy: EgressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, "", 0);
      const allowed = addresses.filter(({ address }) => !policy.refusesResolved(address));
      const [first] = allowed;
      if (!first) return callback(new EgressRefused(hostname), "", 0);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}
