import type { Connections } from "../outbound/connections.ts";
import type { Tracing } from "../telemetry/tracing.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { GatewayOptions } from "./options.ts";
import type { PrepareContext } from "./prepare.ts";
import type { Tunnels } from "./tunnels.ts";

/** What all calls of a process share. */
export interface CallContext extends PrepareContext {
  readonly connections: Connections;
  readonly options: GatewayOptions;
  readonly tracing: Tracing | undefined;
  readonly phase: Phase;
  /** For bodies that are remembered in case the call is repeated. */
  readonly budget: MemoryBudget;
  /** What upgrades have opened. */
  readonly tunnels: Tunnels;
}

export interface Phase {
  /** No new connections are taken, and answers tell callers to close theirs. */
  draining: boolean;
}
