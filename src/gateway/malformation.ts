import { METHODS } from "../http/node-http.ts";

/** What Node's parser says of bytes that it cannot read. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

const ENCODE = "percent-encode every character of the path and the query that is not visible ASCII";

/** CONNECT is refused in another way. */
const KNOWN_METHODS = METHODS.filter((method) => method !== "CONNECT").join(", ");

/** Why a request cannot be read, in the parser's own words, which quote nothing of it (decision 0003, T2 and T3). */
export function malformation({ code = "unreadable", reason = code }: ParserError): string {
  const advice = adviceOn(code, reason);
  return advice === undefined ? reason : `${reason}: ${advice}`;
}

/** What the caller can do, where the parser's words do not say. */
function adviceOn(code: string, reason: string): string | undefined {
  if (/\bmethod\b/i.test(reason)) return `the methods are ${KNOWN_METHODS}`;
  // Behind a blank in the request target the parser expects the version.
  return code === "HPE_INVALID_URL" || reason.startsWith("Expected HTTP/,") ? ENCODE : undefined;
}
