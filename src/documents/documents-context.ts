import type { Clock } from "../core/clock.ts";
import type { Store } from "../stores/store.ts";
import type { CheckedDocument } from "./checked-document.ts";
import type { NewDocument } from "./document.ts";
import type { GuardedBlobs } from "./guarded-blobs.ts";
import type { DocumentWebhooks } from "./webhooks/document-webhooks.ts";

/** What is said of a document. Rejects for nothing that stands in one. */
export type CheckDocument = (document: NewDocument) => Promise<CheckedDocument>;

/** What every part of the document store works with. */
export interface DocumentsContext {
  readonly store: Store;
  readonly blobs: GuardedBlobs;
  readonly check: CheckDocument;
  /** Programs of the operator that have a say too. */
  readonly webhooks?: Pick<DocumentWebhooks, "ask"> | undefined;
  readonly clock: Clock;
  /** Where documents are served: `https://host`. It may change between two calls. */
  readonly origin: () => string;
  /** For errors that nobody waits for; the work is tried again. */
  readonly surprised: (error: unknown) => void;
  /** Aborted when the store closes: what a check says from then on says nothing of the document. */
  readonly closing: AbortSignal;
}
