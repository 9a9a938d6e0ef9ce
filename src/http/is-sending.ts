import type { IncomingMessage } from "node:http";

/** Whether some of a request's body may still come. */
export function isSending({ complete, headers }: Pick<IncomingMessage, "complete" | "headers">): boolean {
  if (complete) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
