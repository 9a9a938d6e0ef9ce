import type { IncomingHttpHeaders } from "node:http";
import { formatText } from "../core/failures.ts";
import { jsonError, JSON_CONTENT_TYPE } from "../http/json-error.ts";
import type { Answer } from "./answer.ts";
import { byteRange } from "./byte-range.ts";
import { entityTag, isKnownTag } from "../http/entity-tags.ts";
import { documentsFailures } from "./failures.ts";
import { mediaType } from "./media-type.ts";
import type { StoredFile } from "./stored-files.ts";

/** What a client has and wants of a file. */
export interface FileConditions {
  readonly headers: IncomingHttpHeaders;
  /** Whether everybody may have it. */
  readonly isOpen: boolean;
}

/**
 * Strangers wrote what is in a document: a browser shall show it, but never run it or take it for something
 * else (registry spec §11.1).
 */
const HARMLESS = {
  "Content-Disposition": "inline",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "sandbox; default-src 'none'",
  "Accept-Ranges": "bytes",
};

export function fileAnswer(file: StoredFile, conditions: FileConditions): Answer {
  const { headers: asked } = conditions;
  const tag = entityTag(file.hash);
  const headers = { ...HARMLESS, ETag: tag, "Cache-Control": caching(file, conditions) };
  if (isKnownTag(asked["if-none-match"], file.hash)) return { status: 304, headers, body: "" };
  const { content } = file;
  const range = isRangeWanted(asked["if-range"], tag) ? byteRange(asked.range, content.length) : undefined;
  if (range === "unsatisfiable") return unsatisfiable(content.length);
  const typed = { ...headers, "Content-Type": mediaType(file.fileName) };
  if (range === undefined) return { status: 200, headers: typed, body: content };
  const { first, last } = range;
  const place = { "Content-Range": `bytes ${first}-${last}/${content.length}` };
  return { status: 206, headers: { ...typed, ...place }, body: content.subarray(first, last + 1) };
}

/** A URL with the hash in it never means other content; an upload may be overwritten. */
function caching({ isFixed }: StoredFile, { isOpen }: FileConditions): string {
  const audience = isOpen ? "public" : "private";
  return isFixed ? `${audience}, max-age=31536000, immutable` : `${audience}, no-cache`;
}

/** RFC 9110 §13.1.5: a range of something else than what the client has begun with is of no use. */
function isRangeWanted(condition: unknown, tag: string): boolean {
  return condition === undefined || condition === tag;
}

function unsatisfiable(size: number): Answer {
  const { status, text } = documentsFailures.DOCUMENTS_RANGE;
  return {
    status,
    headers: { "Content-Type": JSON_CONTENT_TYPE, "Content-Range": `bytes */${size}` },
    body: jsonError(status, formatText(text, [size])),
  };
}
