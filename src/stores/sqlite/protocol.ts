import type { Ref } from "../../core/resources/resource.ts";
import type { CommitFigures } from "../../telemetry/store-metrics.ts";
import type { ListPlace, Paging, Patch, Precondition, Removing, Selector } from "../store.ts";
import type { StoreFailureCode } from "../failures.ts";
import type { StoreFailureDetails } from "../store-failure.ts";
import type { AccessReadRequest, AccessResults, AccessWriteRequest } from "./access-protocol.ts";
import type {
  PairingReadRequest,
  PairingResults,
  PairingWriteRequest,
  RevocationWatchRequest,
} from "./pairing-protocol.ts";

/** Names a kind across the threads: the Kind itself has functions, which do not cross. */
export interface KindKey {
  readonly group: string;
  readonly kind: string;
}

interface About {
  readonly kind: KindKey;
}

interface Dated {
  readonly dryRun: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whose what is written becomes; nobody's where there is none. */
  readonly manager?: string;
}

/** A change of a list by place: `removed` items from `start` on (in items, from 0) give way to these, as JSON text. */
export interface ListSplice {
  readonly start: number;
  readonly removed: number;
  readonly items: readonly string[];
  /** How many items the list has before. */
  readonly length: number;
}

/** Objects cross the threads as JSON text: they are stored so, and every key stays data. */
export type WriteRequest = About &
  Dated &
  (
    | { readonly operation: "create"; readonly value: string; readonly withStatus?: boolean }
    | { readonly operation: "update"; readonly value: string }
    | { readonly operation: "updateStatus"; readonly value: string }
    /** An update of an object with a large list: `value` lacks its items, and must name the version it rests on. */
    | { readonly operation: "splice"; readonly value: string; readonly list: ListSplice }
    | {
        readonly operation: "patch";
        readonly ref: Ref;
        readonly patchType: Patch["type"];
        readonly patch: string;
        readonly subresource?: "status";
        readonly precondition: Precondition;
      }
    | {
        readonly operation: "apply";
        readonly ref: Ref;
        readonly body: string;
        readonly manager: string;
        readonly force: boolean;
        readonly onlyNew: boolean;
        readonly subresource?: "status";
        readonly precondition: Precondition;
      }
    | {
        readonly operation: "remove";
        readonly ref: Ref;
        readonly precondition: Precondition;
        readonly propagation: NonNullable<Removing["propagation"]>;
      }
  );

export type ReadRequest =
  | (About & { readonly operation: "get"; readonly ref: Ref })
  | (About & { readonly operation: "list"; readonly selector: Selector; readonly paging: Paging })
  | { readonly operation: "check" }
  | { readonly operation: "figures" };

export type WatchRequest =
  | (About & {
      readonly operation: "watch";
      readonly watch: number;
      readonly selector: Selector;
      readonly version: string | undefined;
    })
  /** Answered with at least one event, as soon as there is one. */
  | { readonly operation: "pull"; readonly watch: number }
  | { readonly operation: "unwatch"; readonly watch: number };

export type UpkeepRequest =
  /** Every watch that waits is told the version. */
  | { readonly operation: "bookmark" }
  | { readonly operation: "trim"; readonly monotonic: number }
  | { readonly operation: "close" };

export type PairingRequest = PairingWriteRequest | PairingReadRequest | RevocationWatchRequest;

export type AccessRequest = AccessWriteRequest | AccessReadRequest;

export type Request =
  WriteRequest | ReadRequest | WatchRequest | UpkeepRequest | PairingRequest | AccessRequest;

export interface ListResult extends ListPlace {
  /** Moved to the other thread, not copied: each has its memory for itself. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
}

export interface RemoveResult {
  readonly text: string;
  readonly gone: boolean;
}

export interface ApplyResult {
  readonly text: string;
  readonly created: boolean;
}

export interface SpliceResult {
  readonly text: string;
  /** Whether the text has all items, or none. */
  readonly whole: boolean;
}

/** Of which object a text is. */
export interface ListedState {
  readonly ref: Ref;
  readonly version: string;
}

export type FeedEvent =
  | {
      readonly type: "added" | "modified" | "deleted";
      readonly text: string;
      /** Of the change, or of the object where it is of the initial list. */
      readonly resourceVersion: string;
      /** Where it is of the initial list, which other watchers may have been given before. */
      readonly listed?: ListedState;
    }
  /** A state that the other thread has written itself by a splice, and so has. */
  | { readonly type: "modified"; readonly ref: Ref; readonly version: string }
  | { readonly type: "synced" | "bookmark"; readonly resourceVersion: string };

/** What an operation resolves to. */
export interface Results extends PairingResults, AccessResults {
  readonly create: string;
  readonly update: string;
  readonly updateStatus: string;
  readonly splice: SpliceResult;
  readonly patch: string;
  readonly apply: ApplyResult;
  readonly remove: RemoveResult;
  readonly get: string | undefined;
  readonly list: ListResult;
  readonly check: undefined;
  readonly figures: CommitFigures;
  readonly watch: undefined;
  readonly pull: readonly FeedEvent[];
  readonly unwatch: undefined;
  readonly bookmark: undefined;
  readonly trim: undefined;
  readonly close: undefined;
}

/** A StoreFailure as plain data. */
export interface SentFailure {
  readonly code: StoreFailureCode;
  readonly values: readonly (string | number)[];
  readonly details: StoreFailureDetails;
}

export interface Envelope {
  readonly id: number;
  readonly request: Request;
}

export type Reply =
  | { readonly id: number; readonly result: Results[keyof Results] }
  | { readonly id: number; readonly failure: SentFailure };

/** What the thread is started with. */
export interface WorkerOptions {
  readonly directory: string;
  /** URL of a module that exports `kinds`. */
  readonly kindsModule: string;
  /** How another process names this one in its refusal. */
  readonly holder: string;
  /** Milliseconds since the epoch, for what is made at first start. */
  readonly now: number;
}

/** The thread's first message; arrays of replies follow. */
export type Opened = { readonly kind: "opened" } | { readonly kind: "failed"; readonly failure: SentFailure };
