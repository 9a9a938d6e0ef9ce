import { createSecureContext, type SecureContext } from "node:tls";
import { systemClock, type Clock } from "../core/clock.ts";
import type { EgressPolicy } from "./egress-policy.ts";
import type { SocketProxy } from "./http1/open-socket.ts";
import { TargetPool } from "./http1/pool.ts";
import type { OutboundOptions } from "./options.ts";
import { pinnedLookup, type Resolve } from "./pinned-lookup.ts";
import { portOf } from "./port-of.ts";
import { proxyFor, type ProxyEnvironment } from "./proxy-environment.ts";
import type { ClientCertificate, TlsIdentity } from "./tls-identity.ts";
import { furtherAuthorities, trustedAuthorities } from "./trusted-authorities.ts";

export interface ConnectionsOptions {
  readonly options: OutboundOptions;
  readonly policy: EgressPolicy;
  /** From HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly proxies: ProxyEnvironment | undefined;
  readonly clock?: Clock;
  /** `dns.lookup` unless given. */
  readonly resolve?: Resolve;
}

/** How often idle connections and unused pools are looked for, in milliseconds. */
const SWEEP_INTERVAL = 15_000;

/** The pools of one TLS identity. A pool never serves two identities (gateway spec §19). */
interface IdentityPools {
  readonly identity: TlsIdentity;
  readonly pools: Map<string, TargetPool>;
  secureContext: SecureContext | undefined;
}

/** Outgoing connections: one pool per origin and TLS identity, made on first use and dropped when unused. */
export class Connections implements AsyncDisposable {
  readonly #options: OutboundOptions;
  readonly #proxies: ProxyEnvironment | undefined;
  readonly #clock: Clock;
  readonly #lookup: (port: number) => ReturnType<typeof pinnedLookup>;
  readonly #identities = new Map<string, IdentityPools>();
  readonly #furtherAuthorities: readonly string[];
  #authorities: readonly string[] | "default" | undefined;
  #proxyContext: SecureContext | undefined;
  #sweeper: Disposable;
  #closed = false;

  /** Throws a Failure when the file of certificate authorities cannot be used. */
  constructor({ options, policy, proxies, clock = systemClock, resolve }: ConnectionsOptions) {
    this.#options = options;
    this.#proxies = proxies;
    this.#clock = clock;
    this.#lookup = (port) => pinnedLookup(policy, port, resolve);
    this.#furtherAuthorities = furtherAuthorities(options);
    this.#sweeper = this.#sweepLater();
  }

  /** `origin` is `https://host:port` as `URL.origin` writes it. */
  pool(origin: string, identity: TlsIdentity): TargetPool {
    let pools = this.#identities.get(identity.key);
    if (!pools) {
      pools = { identity, pools: new Map(), secureContext: undefined };
      this.#identities.set(identity.key, pools);
    }
    let pool = pools.pools.get(origin);
    if (!pool) {
      pool = this.#openPool(origin, pools);
      pools.pools.set(origin, pool);
    }
    return pool;
  }

  /** Cuts every connection; later calls fail. */
  close(): Promise<void> {
    this.#closed = true;
    this.#sweeper[Symbol.dispose]();
    for (const { pools } of this.#identities.values()) {
      for (const pool of pools.values()) pool.close();
    }
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #openPool(origin: string, pools: IdentityPools): TargetPool {
    const { connectTimeout, idleTimeout } = this.#options;
    const pool = new TargetPool({
      origin,
      tls: origin.startsWith("https:")
        ? { secureContext: () => this.#contextOf(pools), verify: pools.identity.verify }
        : undefined,
      proxy: this.#proxyFor(origin),
      lookup: this.#lookup(portOf(origin)),
      connectTimeout,
      idleTimeout,
      clock: this.#clock,
    });
    if (this.#closed) pool.close();
    return pool;
  }

  #proxyFor(origin: string): SocketProxy | undefined {
    const proxy = proxyFor(origin, this.#proxies);
    const secureContext = () => (this.#proxyContext ??= this.#secureContext(undefined));
    return proxy && { ...proxy, secureContext: proxy.secure ? secureContext : undefined };
  }

  /** One per identity: reading certificates for every connection would cost more than the handshake. */
  #contextOf(pools: IdentityPools): SecureContext {
    return (pools.secureContext ??= this.#secureContext(pools.identity.certificate));
  }

  #secureContext(certificate: ClientCertificate | undefined): SecureContext {
    this.#authorities ??= trustedAuthorities(this.#furtherAuthorities);
    return createSecureContext({
      minVersion: "TLSv1.2",
      ...(this.#authorities === "default" ? {} : { ca: [...this.#authorities] }),
      ...(certificate ? { cert: certificate.crt, key: certificate.key } : {}),
    });
  }

  #sweepLater(): Disposable {
    return this.#clock.after(SWEEP_INTERVAL, () => {
      this.#sweep();
      this.#sweeper = this.#sweepLater();
    });
  }

  #sweep(): void {
    for (const [key, { pools }] of this.#identities) {
      for (const [origin, pool] of pools) {
        pool.sweep();
        if (pool.empty) pools.delete(origin);
      }
      if (pools.size === 0) this.#identities.delete(key);
    }
  }
}
