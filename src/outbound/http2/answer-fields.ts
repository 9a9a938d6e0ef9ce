import { isFieldValue, isToken } from "../field-syntax.ts";
import { TransportError } from "../transport-error.ts";

/** Status and headers of an answer. */
export interface AnswerFields {
  readonly status: number;
  /** Flat, Latin-1, without pseudo-header fields; the names in lower case. */
  readonly headers: string[];
}

/** Bytes of all names and values, as in HTTP/1.1: what small references unfold to is counted (RFC 7541 §7.3). */
const MAX_FIELDS_SIZE = 64 * 1024;

/**
 * Reads the fields of an answer. Node's implementation has refused most of what HTTP/1.1 would be read differently
 * with by then (RFC 9113 §8.2): names in upper case, `Connection` and its like, a length that is not that of the body.
 */
export function answerFields(received: readonly string[]): AnswerFields {
  const headers: string[] = [];
  let status = 0;
  let size = 0;
  for (let index = 0; index < received.length; index += 2) {
    const name = received[index] as string;
    const value = received[index + 1] as string;
    size += name.length + value.length;
    if (name === ":status") status = Number(value);
    else headers.push(...checked(name, value));
  }
  if (size > MAX_FIELDS_SIZE) throw new TransportError("HEAD_TOO_LARGE", "its headers are too large");
  return { status, headers };
}

/** Trailers. What delimits a body comes too late there (RFC 9110 §6.5.1). */
export function trailerFields(received: readonly string[]): string[] {
  const { headers, status } = answerFields(received);
  const delimits = headers.some((name, index) => index % 2 === 0 && name === "content-length");
  if (status !== 0 || delimits) throw malformed("a status or a length in its trailers");
  return headers;
}

function checked(name: string, value: string): readonly [string, string] {
  if (!isToken(name) || !isFieldValue(value)) throw malformed("an illegal header");
  // Senders are to leave it out, and not all of them do (RFC 9113 §8.2.1).
  return [name, value.replace(/^[ \t]+|[ \t]+$/g, "")];
}

export function malformed(detail: string): TransportError {
  return new TransportError("MALFORMED_ANSWER", detail);
}
