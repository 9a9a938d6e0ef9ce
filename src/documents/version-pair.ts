import type { DocumentReference, DocumentType } from "./document.ts";
import type { DocumentVersion } from "./document-versions.ts";

/** A document with the number of the version in which it was published. */
export interface VersionedDocument extends DocumentReference {
  readonly version: number;
}

export interface VersionPair {
  readonly from: VersionedDocument;
  readonly to: VersionedDocument;
}

/**
 * Two versions of the document of a type: those that are asked for, else the last one, and the last before it
 * that has another content. undefined where there are no two. `versions` has the newest first.
 */
export function versionPair(
  versions: readonly DocumentVersion[],
  type: DocumentType,
  asked: { readonly from?: number; readonly to?: number },
): VersionPair | undefined {
  const documents = versions.flatMap(({ version, documents: all }) =>
    all.filter((document) => document.type === type).map((document) => ({ ...document, version })),
  );
  const to = documents.find(({ version }) => asked.to === undefined || version === asked.to);
  const from = documents.find(({ version, hash }) =>
    asked.from === undefined ? version < (to?.version ?? 0) && hash !== to?.hash : version === asked.from,
  );
  return from && to ? { from, to } : undefined;
}
