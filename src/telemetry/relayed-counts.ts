import type { CallCounts } from "./call-metrics.ts";
import type { TunnelCounts } from "./tunnel-metrics.ts";

/** What one process has counted since it was last asked, and what it has of things that come and go. */
export interface RelayedCounts {
  readonly calls: CallCounts;
  readonly tunnels: TunnelCounts;
  /** By the labels of the series. */
  readonly tokenFetches: readonly (readonly [string, number])[];
  readonly lookups: CacheLookups;
  /** Of targets, by the version of HTTP. */
  readonly answers: Readonly<Record<"1.1" | "2", number>>;
  /** Calls that are being answered now. */
  readonly inFlight: number;
  readonly openTunnels: number;
}

export type CacheLookups = Readonly<
  Record<"token" | "csrf", { readonly hits: number; readonly misses: number }>
>;
