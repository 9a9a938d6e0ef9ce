import { fileAnswer } from "../../http/file-answer.ts";
import type { Answer } from "../answer.ts";
import { API_DOCUMENT } from "../api-document.ts";
import type { Call, Endpoint } from "../router.ts";

/** GET /v1/health: 200 and nothing. */
export function health(): Answer {
  return { status: 200, headers: {}, body: "" };
}

/** GET /{application}/v1/metadata/api.yaml as a file (registry spec §2). */
export function apiDocument(modified: Date): Endpoint {
  const file = { bytes: Buffer.from(API_DOCUMENT), contentType: "text/plain; charset=utf-8", modified };
  return ({ request }) => fileAnswer(request.headers, file);
}

/** /{application}/v1/metadata, with the body that the original's library writes. */
export function redirectToDocument({ request: { method }, parameters }: Call): Answer {
  const location = `/${encodeURIComponent(parameters["application"] ?? "")}/v1/metadata/api.yaml`;
  const isRead = method === "GET" || method === "HEAD";
  return {
    status: 301,
    headers: { Location: location, ...(isRead ? { "Content-Type": "text/html; charset=utf-8" } : {}) },
    body: method === "GET" ? `<a href="${location}">Moved Permanently</a>.\n\n` : "",
  };
}
