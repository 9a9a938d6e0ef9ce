import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { systemClock, type Clock } from "../core/clock.ts";
import type { EgressPolicy } from "./egress-policy.ts";
import type { SocketProxy } from "./http1/open-socket.ts";
import { Http1Pool } from "./http1/pool.ts";
import { Http2Pool } from "./http2/pool.ts";
import { observedLookup } from "./observed-lookup.ts";
import type { OpeningObserver } from "./opening-observer.ts";
import type { OutboundOptions } from "./options.ts";
import { EgressRefused, pinnedLookup, type Resolve } from "./pinned-lookup.ts";
import { portOf } from "./port-of.ts";
import { proxyFor, type ProxyEnvironment } from "./proxy-environment.ts";
import type { PoolOptions, PoolTls, TargetPool } from "./target-pool.ts";
import type { TlsIdentity } from "./tls-identity.ts";
import { furtherAuthorities, trustedAuthorities } from "./trusted-authorities.ts";

export interface ConnectionsOptions {
  readonly options: OutboundOptions;
  readonly policy: EgressPolicy;
  /** From HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly proxies: ProxyEnvironment | undefined;
  readonly clock?: Clock;
  /** `dns.lookup` unless given. */
  readonly resolve?: Resolve;
  /** Hears of every connection that is opened. */
  readonly observer?: OpeningObserver | undefined;
}

/**
 * What is spoken with a target. `h2`: HTTP/2 and nothing else, with prior knowledge where there is no TLS (RFC 9113
 * §3.3); `auto`: over TLS what the target chooses.
 */
export type TargetProtocol = "http/1.1" | "h2" | "auto";

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
  readonly #policy: EgressPolicy;
  readonly #resolve: Resolve | undefined;
  readonly #observer: OpeningObserver | undefined;
  readonly #identities = new Map<string, IdentityPools>();
  readonly #furtherAuthorities: readonly string[];
  #authorities: readonly string[] | "default" | undefined;
  #proxyContext: SecureContext | undefined;
  #sweeper: Disposable;
  #closed = false;

  /** Throws a Failure when the file of certificate authorities cannot be used. */
  constructor({ options, policy, proxies, clock = systemClock, resolve, observer }: ConnectionsOptions) {
    this.#options = options;
    this.#proxies = proxies;
    this.#clock = clock;
    this.#policy = policy;
    this.#resolve = resolve;
    this.#observer = observer;
    this.#furtherAuthorities = furtherAuthorities(options);
    this.#sweeper = this.#sweepLater();
  }

  /** `origin` is `https://host:port` as `URL.origin` writes it. */
  pool(origin: string, identity: TlsIdentity, protocol: TargetProtocol = "http/1.1"): TargetPool {
    let pools = this.#identities.get(identity.key);
    if (!pools) {
      pools = { identity, pools: new Map(), secureContext: undefined };
      this.#identities.set(identity.key, pools);
    }
    const key = protocol === "http/1.1" ? origin : `${protocol} ${origin}`;
    let pool = pools.pools.get(key);
    if (!pool) {
      pool = this.#openPool(this.#poolOptions(origin, pools), protocol);
      pools.pools.set(key, pool);
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

  #openPool(options: PoolOptions, protocol: TargetProtocol): TargetPool {
    const pool = poolFor(options, protocol);
    if (this.#closed) pool.close();
    return pool;
  }

  #poolOptions(origin: string, pools: IdentityPools): PoolOptions {
    const { connectTimeout, idleTimeout } = this.#options;
    const { trust } = pools.identity;
    const proxy = this.#proxyFor(origin);
    const observer = this.#observer;
    const lookup = pinnedLookup(trust?.policy ?? this.#policy, portOf(origin), this.#resolve);
    return {
      origin,
      tls: origin.startsWith("https:") ? this.#tlsOf(origin, pools) : undefined,
      proxy,
      refusal: proxy && trust?.policy ? unresolvable(origin) : undefined,
      lookup: observedLookup(lookup, observer),
      observer,
      connectTimeout,
      idleTimeout,
      clock: this.#clock,
    };
  }

  #tlsOf(origin: string, pools: IdentityPools): PoolTls {
    const { verify, trust } = pools.identity;
    const serverName = trust?.serverName?.origin === origin ? trust.serverName.name : undefined;
    return { secureContext: () => this.#contextOf(pools), verify, serverName };
  }

  #proxyFor(origin: string): SocketProxy | undefined {
    const proxy = proxyFor(origin, this.#proxies);
    const secureContext = () => (this.#proxyContext ??= this.#secureContext());
    return proxy && { ...proxy, secureContext: proxy.secure ? secureContext : undefined };
  }

  /** One per identity: reading certificates for every connection would cost more than the handshake. */
  #contextOf(pools: IdentityPools): SecureContext {
    return (pools.secureContext ??= this.#secureContext(pools.identity));
  }

  #secureContext({ certificate, trust }: Partial<TlsIdentity> = {}): SecureContext {
    const authorities = this.#trusted(trust?.authorities);
    return createSecureContext({
      minVersion: "TLSv1.2",
      ...(authorities === "default" ? {} : { ca: [...authorities] }),
      ...(certificate ? { cert: certificate.crt, key: certificate.key } : {}),
    });
  }

  #trusted(further: string | undefined): readonly string[] | "default" {
    if (further !== undefined) return trustedAuthorities([...this.#furtherAuthorities, further]);
    return (this.#authorities ??= trustedAuthorities(this.#furtherAuthorities));
  }

  #sweepLater(): Disposable {
    return this.#clock.after(SWEEP_INTERVAL, () => {
      this.#sweep();
      this.#sweeper = this.#sweepLater();
    });
  }

  #sweep(): void {
    for (const [key, { pools }] of this.#identities) {
      for (const [name, pool] of pools) {
        pool.sweep();
        if (pool.empty) pools.delete(name);
      }
      if (pools.size === 0) this.#identities.delete(key);
    }
  }
}

function poolFor(options: PoolOptions, protocol: TargetProtocol): TargetPool {
  if (protocol === "h2") return new Http2Pool(options);
  // Without TLS there is nothing by which the two could agree.
  if (protocol === "http/1.1" || !options.tls) return new Http1Pool(options);
  return new Http2Pool({ ...options, fallback: new Http1Pool(options) });
}

/** Behind a proxy it is the proxy that resolves a name, and nobody here can say where the call would go. */
function unresolvable(origin: string): EgressRefused | undefined {
  const hostname = new URL(origin).hostname.replace(/^\[|\]$/g, "");
  return isIP(hostname) === 0 ? new EgressRefused(hostname) : undefined;
}
