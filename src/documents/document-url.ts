/** Bucket of the documents of services. */
export const SERVICE_BUCKET = "documents";

const HASH = /^[0-9a-f]{64}$/;

export interface DocumentPlace {
  readonly group: string;
  readonly hash: string;
  readonly fileName: string;
}

/** `https://host/documents/<group>/<hash>`; a file of it is behind a slash. */
export function baseUrlOf(origin: string, { group, hash }: Pick<DocumentPlace, "group" | "hash">): string {
  return `${origin}/${SERVICE_BUCKET}/${group}/${hash}`;
}

export function documentUrl(origin: string, place: DocumentPlace): string {
  return `${baseUrlOf(origin, place)}/${encodeURIComponent(place.fileName)}`;
}

/**
 * Hash and file name of a document's URL; undefined for one that is not ours. What stands before is not looked
 * at, because the public address of an installation may change.
 */
export function readDocumentUrl(url: string): Omit<DocumentPlace, "group"> | undefined {
  const [fileName = "", hash = ""] = url.split("/").toReversed();
  if (!HASH.test(hash) || fileName === "") return undefined;
  try {
    return { hash, fileName: decodeURIComponent(fileName) };
  } catch {
    return undefined;
  }
}
