import { TransportError } from "../transport-error.ts";

/** Status line and headers of an answer, and how its body is delimited. */
export interface AnswerHead {
  readonly status: number;
  /** Flat name, value list, Latin-1, as on the wire. */
  readonly headers: string[];
  /** Bytes; undefined when the body is chunked, or ends with the connection. */
  readonly contentLength: number | undefined;
  readonly chunked: boolean;
  /** The connection may serve another request afterwards. */
  readonly keepAlive: boolean;
  /** Milliseconds that the server says it keeps an idle connection; undefined when it says nothing. */
  readonly keepAliveTimeout: number | undefined;
}

/** RFC 9112 §4: one space, three digits, and a reason that may be absent together with its space. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: |$)/;

/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What may stand nowhere in a head: control characters, and a CR or LF that does not end a line. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ILLEGAL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;

/**
 * Parses the head of an answer, without the empty line at its end. Strict where two readers could disagree
 * (RFC 9112 §§5.1, 5.2, 6.3): white space before a colon, folded lines, bare CR or LF, more than one length.
 */
export function parseAnswerHead(head: string): AnswerHead {
  refuseControlCharacters(head);
  const lineEnd = head.indexOf("\r\n");
  const statusLine = lineEnd === -1 ? head : head.slice(0, lineEnd);
  const match = STATUS_LINE.exec(statusLine);
  if (!match) throw malformed("no HTTP/1.1 status line");
  const headers = lineEnd === -1 ? [] : parseHeaderLines(head, lineEnd + 2);
  return withFraming(Number(match[2]), headers, match[1] === "1");
}

/** Trailers, without the empty line at their end. What delimits a body comes too late there (RFC 9110 §6.5.1). */
export function parseTrailers(lines: string): string[] {
  refuseControlCharacters(lines);
  const trailers = parseHeaderLines(lines, 0);
  for (let index = 0; index < trailers.length; index += 2) {
    if (/^(content-length|transfer-encoding)$/i.test(trailers[index] as string)) {
      throw malformed("a length or a coding in its trailers");
    }
  }
  return trailers;
}

function refuseControlCharacters(lines: string): void {
  if (ILLEGAL.test(lines)) throw malformed("a control character or a bare line break in its headers");
}

/** Header lines from `position` to the end of `lines`. */
function parseHeaderLines(lines: string, position: number): string[] {
  const headers: string[] = [];
  while (position < lines.length) {
    let end = lines.indexOf("\r\n", position);
    if (end === -1) end = lines.length;
    const colon = lines.indexOf(":", position);
    if (colon === -1 || colon >= end) throw malformed("a header line without a colon");
    const name = lines.slice(position, colon);
    // A folded line begins with white space, which no token does.
    if (!TOKEN.test(name)) throw malformed("an illegal header name");
    headers.push(name, trimmed(lines, colon + 1, end));
    position = end + 2;
  }
  return headers;
}

/** Optional white space around a value does not belong to it (RFC 9110 §5.5). */
function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function withFraming(status: number, headers: string[], isVersion11: boolean): AnswerHead {
  let contentLength: number | undefined;
  let chunked = false;
  let keepAlive = isVersion11;
  let keepAliveTimeout: number | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    // By length first: most headers concern nobody here.
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (contentLength !== undefined) throw malformed("more than one Content-Length");
      contentLength = parseLength(value);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      if (chunked || !isVersion11 || value.toLowerCase() !== "chunked") {
        throw malformed("a Transfer-Encoding other than chunked");
      }
      chunked = true;
    } else if (name.length === 10) {
      const lowerCase = name.toLowerCase();
      if (lowerCase === "connection" && /(^|,)\s*close\s*(,|$)/i.test(value)) keepAlive = false;
      if (lowerCase === "keep-alive") keepAliveTimeout = parseKeepAlive(value);
    }
  }
  if (chunked && contentLength !== undefined) throw malformed("both Content-Length and Transfer-Encoding");
  return { status, headers, contentLength, chunked, keepAlive, keepAliveTimeout };
}

function parseLength(value: string): number {
  const length = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(length)) throw malformed("an unreadable Content-Length");
  return length;
}

function parseKeepAlive(value: string): number | undefined {
  const match = /(?:^|,)\s*timeout\s*=\s*(\d{1,6})(?!\d)/i.exec(value);
  return match ? Number(match[1]) * 1000 : undefined;
}

export function malformed(detail: string): TransportError {
  return new TransportError("MALFORMED_ANSWER", detail);
}
