/** The three places of a service's documents (registry spec §8); what is in the first depends on the API. */
export type DocumentType = "openapi" | "odata" | "asyncapi" | "docs";

export interface NewDocument {
  readonly type: DocumentType;
  /** Such as `apiSpec.json`; says its media type. */
  readonly fileName: string;
  readonly content: Uint8Array;
  /** Fetched from where nobody needs to say who he is, so that it can be fetched again. */
  readonly isRefreshable?: boolean;
}

/** A document without its content. */
export interface DocumentReference {
  readonly type: DocumentType;
  readonly fileName: string;
  /** SHA-256 of the content, lower-case hex. */
  readonly hash: string;
  /** As in NewDocument. */
  readonly isRefreshable?: boolean;
}

export interface KeptDocument extends NewDocument, DocumentReference {}

/** Bytes that are kept and that nobody sees yet. They are collected when they are not published. */
export interface StagedDocuments {
  readonly documents: readonly StagedDocument[];
}

export interface StagedDocument {
  readonly type: DocumentType;
  readonly hash: string;
  readonly fileName?: string;
  readonly isRefreshable?: boolean;
}

/**
 * What the registry needs of the document store. A group has the documents of one service and its id as name, unless
 * another Application has a service of the same id: documents of one are never those of the other. The change of a group is visible as a whole or not at all.
 */
export interface ServiceDocuments {
  /** Checks documents as they would be after `publish`, and keeps nothing of them. */
  check(documents: readonly NewDocument[]): Promise<readonly DocumentReport[]>;
  /** Keeps bytes durably, in the order of the documents; nothing is visible before `publish`. The contents must not be used any more. */
  stage(documents: readonly NewDocument[]): Promise<StagedDocuments>;
  /** Replaces the documents of a service by the staged ones; none at all removes the group. */
  publish(group: DocumentGroup, staged: StagedDocuments): Promise<void>;
  /** What was uploaded; empty for a group that does not exist. */
  references(application: string, serviceId: string): Promise<readonly DocumentReference[]>;
  /** Bytes of the caller's own. Rejects where they cannot be read. */
  read(serviceId: string, document: DocumentReference): Promise<Uint8Array>;
  remove(application: string, serviceId: string): Promise<void>;
}

/** What the checks say of one document. */
export interface DocumentReport {
  readonly type: DocumentType;
  readonly fileName: string;
  /** SHA-256 of the content, lower-case hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly phase: "Ready" | "Failed";
  /** Of registry spec §9.2. */
  readonly reason: string;
  /** The worst first. */
  readonly findings: readonly DocumentFinding[];
}

export interface DocumentFinding {
  readonly severity: "error" | "warning" | "info";
  /** JSON pointer, or the like for XML; empty for the document as a whole. */
  readonly path: string;
  /** From 1; undefined where it is not known. */
  readonly line: number | undefined;
  readonly message: string;
}

export interface DocumentGroup {
  /** Of a service that was not there before: no documents of it are expected. */
  readonly isNew?: boolean;
  readonly application: string;
  /** Of the Application as it was read: it need not be read again, which is large. */
  readonly applicationUid: string;
  readonly serviceId: string;
  /** Of the service. */
  readonly displayName: string;
  readonly description: string;
}

/** What is known of one document. */
export interface DocumentState {
  readonly type: DocumentType;
  readonly fileName: string;
  /** SHA-256 of what was uploaded, lower-case hex. */
  readonly hash: string;
  readonly phase: "Pending" | "Ready" | "Failed";
  /** Of registry spec §9.2; empty before the first check. */
  readonly reason: string;
  readonly message: string;
  /** Bytes; undefined before the first check. */
  readonly size: number | undefined;
  /** How many there are of each severity. */
  readonly findings: object;
}

/** What people and tools are told of documents, after the checks that run have ended (registry spec §11.4). */
export interface DocumentCatalog {
  /** Services with a document that `isRefreshable`. */
  refreshable(): Promise<readonly { readonly application: string; readonly id: string }[]>;
  list(application: string, serviceId: string): Promise<readonly DocumentState[]>;
  /** As it is published; undefined where the service has no such document. */
  published(application: string, serviceId: string, type: DocumentType): Promise<KeptDocument | undefined>;
  /** undefined where the service has no such document. */
  findings(
    application: string,
    serviceId: string,
    type: DocumentType,
  ): Promise<readonly object[] | undefined>;
}
