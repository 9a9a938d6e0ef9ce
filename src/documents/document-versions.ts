import { isPlainObject } from "../core/plain-object.ts";
import { isDocumentType, type DocumentReference } from "./document.ts";

/** How many versions of a group are kept, the current one included (registry spec §11.1). */
const KEPT = 5;

/** All documents of a group at one time. */
export interface DocumentVersion {
  /** From 1; never given twice. */
  readonly version: number;
  /** When it was published: RFC 3339, UTC. */
  readonly at: string;
  readonly documents: readonly DocumentReference[];
}

/** The newest first. What cannot be read, because somebody wrote it by hand, is left out. */
export function readVersions(text: string | undefined): readonly DocumentVersion[] {
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isVersion) : [];
  } catch {
    return [];
  }
}

/** With one more in front, and without those that are not kept any more. */
export function withVersion(
  versions: readonly DocumentVersion[],
  next: Omit<DocumentVersion, "version">,
): readonly DocumentVersion[] {
  const version = Math.max(0, ...versions.map((former) => former.version)) + 1;
  return [{ version, ...next }, ...versions].slice(0, KEPT);
}

/** Whether both are the same documents, in any order. */
export function areSameDocuments(
  some: readonly DocumentReference[],
  others: readonly DocumentReference[],
): boolean {
  return fingerprint(some) === fingerprint(others);
}

function fingerprint(documents: readonly DocumentReference[]): string {
  return JSON.stringify(
    documents.map(({ type, fileName, hash }) => [type, fileName, hash].join("\n")).toSorted(),
  );
}

function isVersion(value: unknown): value is DocumentVersion {
  return (
    isPlainObject(value) &&
    Number.isSafeInteger(value["version"]) &&
    typeof value["at"] === "string" &&
    Array.isArray(value["documents"]) &&
    value["documents"].every(isReference)
  );
}

function isReference(value: unknown): value is DocumentReference {
  return (
    isPlainObject(value) &&
    typeof value["type"] === "string" &&
    isDocumentType(value["type"]) &&
    typeof value["fileName"] === "string" &&
    typeof value["hash"] === "string"
  );
}
