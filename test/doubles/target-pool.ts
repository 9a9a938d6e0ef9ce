import { lookup } from "node:dns";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { TargetPool } from "../../src/outbound/http1/pool.ts";
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

export type TestPool = TargetPool & Disposable;

/** A pool for one origin, closed at the end of the test. */
export function openPool(origin: string, start: PoolStart = {}): TestPool {
  const { tls = {}, verify = true, clock = systemClock, resolve = lookup } = start;
  const pool = new TargetPool({
    origin,
    tls: origin.startsWith("https:") ? { secureContext: () => createSecureContext(tls), verify } : undefined,
    proxy: start.proxy === undefined ? undefined : proxyOf(start.proxy, start.proxyTls),
    lookup: pinnedLookup(new EgressPolicy(), 0, resolve),
    connectTimeout: start.connectTimeout ?? 5000,
    idleTimeout: start.idleTimeout ?? 60_000,
    clock,
  });
  return Object.assign(pool, { [Symbol.dispose]: () => pool.close() });
}

function proxyOf(url: string, tls: SecureContextOptions = {}) {
  const server = parseProxyServer(url, "the test");
  return { ...server, secureContext: server.secure ? () => createSecureContext(tls) : undefined };
}
