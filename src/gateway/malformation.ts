import { METHODS } from "../http/node-http.ts";

/** What Node's parser says of bytes that it cannot read. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
  /** What was read together with what cannot be read. */
  readonly rawPacket?: Buffer;
}

const ENCODE = "percent-encode every character of the path and the query that is not visible ASCII";

/** CONNECT is refused in another way. */
const KNOWN_METHODS = METHODS.filter((method) => method !== "CONNECT").join(", ");

/** Why a request cannot be read, in the parser's own words, which quote nothing of it (decision 0003, T2 and T3). */
export function malformation({ code = "unreadable", reason = code, rawPacket }: ParserError): string {
  const other = otherProtocol(code, rawPacket);
  if (other !== undefined) return `${other} is not spoken here: use HTTP/1.1 without TLS`;
  const advice = adviceOn(code, reason);
  return advice === undefined ? reason : `${reason}: ${advice}`;
}

/** How a handshake begins (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** A protocol that begins otherwise than any request does. */
function otherProtocol(code: string, packet: Buffer | undefined): string | undefined {
  if (code === "HPE_PAUSED_H2_UPGRADE") return "HTTP/2";
  return code === "HPE_INVALID_METHOD" && packet?.[0] === HANDSHAKE ? "TLS" : undefined;
}

/** What the caller can do, where the parser's words do not say. */
function adviceOn(code: string, reason: string): string | undefined {
  if (/\bmethod\b/i.test(reason)) return `the methods are ${KNOWN_METHODS}`;
  // Behind a blank in the request target the parser expects the version.
  return code === "HPE_INVALID_URL" || reason.startsWith("Expected HTTP/,") ? ENCODE : undefined;
}
