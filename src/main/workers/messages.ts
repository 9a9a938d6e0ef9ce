import type { Resource } from "../../core/resources/resource.ts";
import type { CredentialFailure } from "../../credentials/failures.ts";
import type { Shareable } from "../../credentials/request-sharing.ts";
import type { BreakerEvent } from "../../gateway/limits/limit-states.ts";
import type { GatewayOptions } from "../../gateway/options.ts";
import type { Addressing } from "../../gateway/route.ts";
import type { OutboundOptions } from "../../outbound/options.ts";
import type { Change, Selector } from "../../stores/store.ts";
import type { LiveFrame } from "../../telemetry/live/live-frame.ts";
import type { LiveLine } from "../../telemetry/live/live-lines.ts";
import type { LiveWanted } from "../../telemetry/live/live.ts";
import type { Notice } from "../../telemetry/channels.ts";
import type { LogLevel } from "../../telemetry/log-level.ts";
import type { RelayedCounts } from "../../telemetry/relayed-counts.ts";
import type { WorkerTelemetryOptions } from "../../telemetry/worker-telemetry.ts";

/** Everything that a worker is told at its start; secrets come here or with changes, never in arguments. */
export interface WorkerStart {
  /** Limits are already this worker's part. */
  readonly gateway: GatewayOptions;
  readonly outbound: OutboundOptions;
  /** Of how many. */
  readonly workers: number;
  readonly ports: Readonly<Record<Addressing, number>>;
  readonly telemetry: WorkerTelemetryOptions;
  readonly fingerprintKey: Uint8Array;
}

export type WatchedKind = "applications" | "secrets";

export type FetchOutcome = Shareable | CredentialFailure;

/** What the primary process says to a worker. */
export type ToWorker =
  | { readonly type: "start"; readonly start: WorkerStart }
  /** Comes with the socket. */
  | { readonly type: "connection"; readonly listener: Addressing; readonly id: number }
  | { readonly type: "changes"; readonly watch: number; readonly changes: readonly Change<Resource>[] }
  | { readonly type: "watch-ended"; readonly watch: number; readonly reason: string }
  /** Send the request that question is about. */
  | { readonly type: "send"; readonly question: number }
  | { readonly type: "answer"; readonly question: number; readonly answer: RelayedAnswer }
  | { readonly type: "log-level"; readonly level: LogLevel }
  | { readonly type: "breaker"; readonly event: BreakerEvent }
  | { readonly type: "scrape"; readonly scrape: number }
  /** What somebody watches from now on. */
  | { readonly type: "live"; readonly wanted: LiveWanted }
  /** No more connections come: finish, and say so. */
  | { readonly type: "stop" };

export interface RelayedAnswer {
  readonly outcome: FetchOutcome;
  readonly id: number | undefined;
}

/** What a worker says to the primary process. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly failure: RelayedFailure }
  /** It has the connection; the primary process can close its own copy. */
  | { readonly type: "taken"; readonly id: number }
  /** So many connections have closed. */
  | { readonly type: "closed"; readonly count: number }
  | {
      readonly type: "watch";
      readonly watch: number;
      readonly kind: WatchedKind;
      readonly selector: Selector | undefined;
    }
  | { readonly type: "unwatch"; readonly watch: number }
  | {
      readonly type: "ask";
      readonly question: number;
      readonly key: string;
      readonly known: number | undefined;
    }
  /** undefined: nobody waits for it here any more. */
  | { readonly type: "sent"; readonly question: number; readonly outcome: FetchOutcome | undefined }
  | { readonly type: "refused"; readonly key: string; readonly id: number }
  | { readonly type: "forget"; readonly credential: string }
  | { readonly type: "breaker"; readonly event: BreakerEvent }
  | { readonly type: "live-frame"; readonly frame: LiveFrame }
  | { readonly type: "live-lines"; readonly lines: readonly LiveLine[] }
  | { readonly type: "noticed"; readonly notice: Notice }
  /** Once a second: what has been counted since, and that it lives. */
  | { readonly type: "alive"; readonly counts: RelayedCounts | undefined }
  | {
      readonly type: "scraped";
      readonly scrape: number;
      readonly counts: RelayedCounts | undefined;
      readonly process: string;
    }
  /** Everything has been said. */
  | { readonly type: "stopped" };

/** A Failure as plain data; of a surprise only the text. */
export interface RelayedFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number;
  readonly remedy: string;
}
