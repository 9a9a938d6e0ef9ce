import type { Clock } from "../core/clock.ts";
import type { ApplicationWriter } from "./application-writer.ts";
import type { ChangeRecords } from "./change-records.ts";
import type { KeyedLock } from "../core/keyed-lock.ts";
import type { LatestApplications } from "./latest-applications.ts";
import type { LargeWork } from "./large/large-work.ts";
import type { NewDocuments } from "./new-documents.ts";
import type { RememberedDocuments } from "./remembered-documents.ts";
import type { RegistrationMarks } from "./once/registration-marks.ts";
import type { Addressing } from "./service-addresses.ts";
import type { DocumentCatalog, ServiceDocuments } from "./service-documents.ts";
import type { ServiceObjects } from "./service-objects.ts";
import type { StateWriter } from "./state-writer.ts";

/** What the work on services is done with. */
export interface RegistryContext {
  readonly applications: LatestApplications;
  readonly writer: ApplicationWriter;
  readonly objects: ServiceObjects;
  readonly documents: ServiceDocuments;
  readonly catalog: DocumentCatalog;
  readonly states: StateWriter;
  readonly records: ChangeRecords;
  readonly newDocuments: NewDocuments;
  /** Reads large bodies off the main thread. */
  readonly large: LargeWork;
  /** As answers embed them. */
  readonly remembered: RememberedDocuments;
  /** Keys are those of `serviceKey`: changes of one service, and reading it, take turns. */
  readonly lock: KeyedLock;
  readonly marks: RegistrationMarks;
  /** Registrations with the same Idempotency-Key take turns. */
  readonly turns: KeyedLock;
  /** Keys of services that are being registered: nothing of theirs is a leftover. */
  readonly registering: Set<string>;
  /** Key of a service → why its specification could not be fetched again by itself. */
  readonly failedRefreshes: Map<string, string>;
  /** Keys of services of which a change broke off and could not be undone. */
  readonly unfinished: Set<string>;
  readonly addressing: Addressing;
  /** Whether documents that break their format are refused. */
  readonly isStrict: boolean;
  readonly newId: () => string;
  readonly clock: Clock;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Names of Applications have no slash. */
export function serviceKey(application: string, serviceId: string): string {
  return `${application}/${serviceId}`;
}
