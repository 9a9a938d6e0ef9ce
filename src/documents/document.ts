/** The places of a service's documents (registry spec §8). */
export type DocumentType = "openapi" | "odata" | "asyncapi" | "docs";

export interface NewDocument {
  readonly type: DocumentType;
  /** Says its media type. */
  readonly fileName: string;
  readonly content: Uint8Array;
  /** Fetched from where nobody needs to say who he is, so that it can be fetched again. */
  readonly isRefreshable?: boolean;
}

/** SHA-256 in lower-case hex. */
type Hash = string;

export interface KeptDocument extends NewDocument {
  readonly hash: Hash;
}

/** A document without its content. */
export interface DocumentReference {
  readonly type: DocumentType;
  readonly fileName: string;
  readonly hash: Hash;
  readonly isRefreshable?: boolean;
}

export interface StagedDocuments {
  readonly documents: readonly {
    readonly type: DocumentType;
    readonly hash: Hash;
    /** Absent: as the registry names documents of the type. */
    readonly fileName?: string;
    readonly isRefreshable?: boolean;
  }[];
}

/** Whose documents they are. */
export interface DocumentGroup {
  /** No group of the service is expected. */
  readonly isNew?: boolean;
  readonly application: string;
  /** Of the Application's object; looked up where it is not given, which costs the reading of all its services. */
  readonly applicationUid?: string;
  readonly serviceId: string;
  readonly displayName: string;
  readonly description: string;
}

/** File names of the registry (registry spec §7). */
const FILE_NAMES: Readonly<Record<DocumentType, string>> = {
  openapi: "apiSpec.json",
  odata: "odata.xml",
  asyncapi: "asyncApiSpec.json",
  docs: "content.json",
};

export function referencesOf(staged: StagedDocuments): readonly DocumentReference[] {
  return staged.documents.map(({ type, hash, fileName = FILE_NAMES[type], isRefreshable }) => ({
    type,
    fileName,
    hash,
    ...(isRefreshable === true && { isRefreshable }),
  }));
}

export function isDocumentType(text: string): text is DocumentType {
  return Object.hasOwn(FILE_NAMES, text);
}
