import { rawJson } from "./raw-json.ts";
import type { KeptDocument } from "./service-documents.ts";

/** Characters that all remembered texts may have together: a thousand services with 50 KB each find room. */
const CAPACITY = 64 * 1024 * 1024;

/** By the hash of the content; the one used last stands last. Content never changes under its hash. */
const remembered = new Map<string, Embedded>();
let size = 0;

interface Embedded {
  readonly json: string | undefined;
  readonly length: number;
}

/**
 * A document as an answer embeds it, or undefined where it is no JSON. Remembered for those that are read again:
 * a specification of 10 MB costs tenths of a second.
 */
export function embeddedDocument({ hash, content }: KeptDocument): string | undefined {
  const known = remembered.get(hash);
  if (known) {
    remembered.delete(hash);
    remembered.set(hash, known);
    return known.json;
  }
  const json = rawJson(documentText(content));
  remember(hash, { json, length: json?.length ?? 0 });
  return json;
}

export function documentText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

function remember(hash: string, embedded: Embedded): void {
  // One document alone does not drive out all others.
  if (embedded.length > CAPACITY / 2) return;
  remembered.set(hash, embedded);
  size += embedded.length + hash.length;
  for (const [oldest, { length }] of remembered) {
    if (size <= CAPACITY) break;
    remembered.delete(oldest);
    size -= length + oldest.length;
  }
}
