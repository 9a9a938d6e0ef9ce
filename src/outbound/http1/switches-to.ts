import { connectionTokens } from "../../http/hop-by-hop.ts";
import type { AnswerHead } from "./answer-head.ts";

/**
 * Whether a 101 switches to this protocol and to nothing else (RFC 9110 §7.8). A length in it would be counted by one
 * reader and not by the other, and HTTP/1.0 knows no switch.
 */
export function switchesTo(head: AnswerHead, protocol: string): boolean {
  const { headers, contentLength, chunked, keepAlive } = head;
  if (!keepAlive || chunked || contentLength !== undefined) return false;
  const named = headers.filter(
    (_, index) => headers[index - 1]?.toLowerCase() === "upgrade" && index % 2 === 1,
  );
  return (
    named.length === 1 &&
    named[0]?.toLowerCase() === protocol.toLowerCase() &&
    connectionTokens(headers)?.has("upgrade") === true
  );
}
