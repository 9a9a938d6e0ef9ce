import { lookup } from "node:dns";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { Http1Pool } from "../../src/outbound/http1/pool.ts";
import { Http2Pool } from "../../src/outbound/http2/pool.ts";
import type { PoolOptions } from "../../src/outbound/target-pool.ts";
import { pinnedLookup, type Resolve } from "../../src/outbound/pinned-lookup.ts";
import { parseProxyServer } from "../../src/outbound/proxy-server.ts";

export interface PoolStart {
  /** What the client trusts and presents. */
  readonly tls?: SecureContextOptions;
  readonly verify?: boolean;
  /** URL. */
  readonly proxy?: string;
  /** What the client trusts of a proxy that speaks TLS. */
  readonly proxyTls?: SecureContextOptions;
  readonly connectTimeout?: number;
  readonly idleTimeout?: number;
  readonly clock?: Clock;
  readonly resolve?: Resolve;
}

export type TestPool = Http1Pool & Disposable;

/** A pool for one origin, closed at the end of the test. */
export function openPool(origin: string, start: PoolStart = {}): TestPool {
  const pool = new Http1Pool(poolOptions(origin, start));
  return Object.assign(pool, { [Symbol.dispose]: () => pool.close() });
}

/** The same over HTTP/2; `fallsBack`: HTTP/1.1 will do, too. */
export function openHttp2Pool(
  origin: string,
  { fallsBack = false, ...start }: PoolStart & { readonly fallsBack?: boolean } = {},
): Http2Pool & Disposable {
  const options = poolOptions(origin, start);
  const pool = new Http2Pool({ ...options, fallback: fallsBack ? new Http1Pool(options) : undefined });
  return Object.assign(pool, { [Symbol.dispose]: () => pool.close() });
}

function poolOptions(origin: string, start: PoolStart): PoolOptions {
  const { tls = {}, verify = true, clock = systemClock, resolve = lookup } = start;
  return {
    origin,
    tls: origin.startsWith("https:") ? { secureContext: () => createSecureContext(tls), verify } : undefined,
    proxy: start.proxy === undefined ? undefined : proxyOf(start.proxy, start.proxyTls),
    lookup: pinnedLookup(new EgressPolicy(), 0, resolve),
    connectTimeout: start.connectTimeout ?? 5000,
    idleTimeout: start.idleTimeout ?? 60_000,
    clock,
  };
}

function proxyOf(url: string, tls: SecureContextOptions = {}) {
  const server = parseProxyServer(url, "the test");
  return { ...server, secureContext: server.secure ? () => createSecureContext(tls) : undefined };
}
