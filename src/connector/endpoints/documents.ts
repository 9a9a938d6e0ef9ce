import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "../answer.ts";
import type { PublishedList } from "../revocation-list.ts";
import type { Endpoint } from "../router.ts";

/** GET /v1 (connector spec §6), with the body that the original's library writes. */
export function redirectToDocument(): Answer {
  return {
    status: 301,
    headers: { Location: "/v1/api.yaml", "Content-Type": "text/html; charset=utf-8" },
    body: '<a href="/v1/api.yaml">Moved Permanently</a>.\n\n',
  };
}

/** GET /v1/health: 200 and nothing. */
export function health(): Answer {
  return { status: 200, headers: {}, body: "" };
}

/** GET /v1/ca.crl: anybody may check (connector spec §18). */
export function revocationList(list: PublishedList): Endpoint {
  return async () => ({
    status: 200,
    headers: { "Content-Type": "application/pkix-crl", "Cache-Control": "max-age=60" },
    body: await list.der(),
  });
}

/** GET /v1/api.yaml as a file: with Last-Modified, and parts of it on request (RFC 9110 §§13, 14). */
export function document(text: string, modified: Date): Endpoint {
  const bytes = Buffer.from(text);
  const headers = {
    "Content-Type": "text/plain; charset=utf-8",
    "Accept-Ranges": "bytes",
    "Last-Modified": modified.toUTCString(),
  };
  return ({ request }) => {
    if (isUnmodified(request.headers, modified)) return { status: 304, headers, body: "" };
    const range = rangeOf(request.headers, { length: bytes.length, modified });
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
  };
}

/** Dates on the wire count in seconds. */
function isUnmodified(headers: IncomingHttpHeaders, modified: Date): boolean {
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return since >= Math.floor(modified.getTime() / 1000) * 1000;
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
