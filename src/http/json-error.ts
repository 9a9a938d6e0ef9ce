import type { ServerResponse } from "node:http";
import { goJson } from "./go-json.ts";

/** The space after `;` is missing on purpose: the original's clients compare it (connector spec §2). */
export const JSON_CONTENT_TYPE = "application/json;charset=UTF-8";

/** `{"code":403,"error":"Invalid token."}` and a line feed. */
export function jsonError(code: number, text: string): string {
  return `${goJson({ code, error: text })}\n`;
}

/** Answers with the error body of connector and validator; headers set before stay. */
export function sendJsonError(response: ServerResponse, code: number, text: string): void {
  const body = jsonError(code, text);
  response.writeHead(code, {
    "Content-Type": JSON_CONTENT_TYPE,
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}
