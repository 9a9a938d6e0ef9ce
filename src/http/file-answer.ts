import type { IncomingHttpHeaders } from "node:http";
import type { WholeAnswer } from "./send-whole.ts";

export interface FileAnswer extends WholeAnswer {
  readonly body: string | Buffer;
}

export interface ServedFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly modified: Date;
}

/** A document served as a file: with Last-Modified, and parts of it on request (RFC 9110 §§13, 14). */
export function fileAnswer(
  requestHeaders: IncomingHttpHeaders,
  { bytes, contentType, modified }: ServedFile,
): FileAnswer {
  const headers = {
    "Content-Type": contentType,
    "Accept-Ranges": "bytes",
    "Last-Modified": modified.toUTCString(),
  };
  if (isModifiedMeanwhile(requestHeaders, modified)) return { status: 412, headers, body: "" };
  if (isUnmodified(requestHeaders, modified)) return { status: 304, headers, body: "" };
  const range = rangeOf(requestHeaders, { length: bytes.length, modified });
  if (range === undefined) return { status: 200, headers, body: bytes };
  if (range === "unsatisfiable") {
    return { status: 416, headers: { ...headers, "Content-Range": `bytes */${bytes.length}` }, body: "" };
  }
  const [first, last] = range;
  return {
    status: 206,
    headers: { ...headers, "Content-Range": `bytes ${first}-${last}/${bytes.length}` },
    body: bytes.subarray(first, last + 1),
  };
}

/** A date that cannot be read counts as none (RFC 9110 §13.1.4). */
function isModifiedMeanwhile(headers: IncomingHttpHeaders, modified: Date): boolean {
  const since = Date.parse(headers["if-unmodified-since"] ?? "");
  return headers["if-match"] === undefined && since < wholeSeconds(modified);
}

/** If-None-Match goes before the date (RFC 9110 §13.1.3): no file has a tag that it could name. */
function isUnmodified(headers: IncomingHttpHeaders, modified: Date): boolean {
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return headers["if-none-match"] === undefined && since >= wholeSeconds(modified);
}

/** Dates on the wire count in seconds. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}

type Range = readonly [first: number, last: number];

/** A single range; several, and units that nobody knows, get the whole (RFC 9110 §14.2). */
function rangeOf(
  { range, "if-range": condition }: IncomingHttpHeaders,
  { length, modified }: { readonly length: number; readonly modified: Date },
): Range | "unsatisfiable" | undefined {
  if (condition !== undefined && condition !== modified.toUTCString()) return undefined;
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (from !== "" && to !== "" && Number(to) < first) return undefined;
  return first >= length || first > last ? "unsatisfiable" : [first, last];
}
