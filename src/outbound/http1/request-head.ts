import type { OutgoingRequest } from "../outgoing-request.ts";
import { Http1Error } from "./failures.ts";

/** Head of a request as it is written, and how its body is delimited. */
export interface SerialisedHead {
  /** Latin-1, with the empty line at its end. */
  readonly text: string;
  /** Bytes that the body must have; undefined for a chunked one. */
  readonly bodyLength: number | undefined;
}

// RFC 9110 §§5.5, 5.6.2 and RFC 9112 §3.2: checked here once more, although every source has been checked
// before, because what slips through would be a second request at the target.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ILLEGAL_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const ILLEGAL_IN_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ILLEGAL_IN_PATH = /[^\x21-\x7e\x80-\xff]/;

/** Methods whose request without a body says so (RFC 9110 §8.6). */
const EXPECTS_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Throws Http1Error for what cannot stand in a request. */
export function serialiseHead({ method, path, headers, body }: OutgoingRequest): SerialisedHead {
  if (ILLEGAL_IN_NAME.test(method) || ILLEGAL_IN_PATH.test(path)) throw unsendable("method or path");
  let text = `${method} ${path} HTTP/1.1\r\n`;
  let declared: number | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    if (name === "" || ILLEGAL_IN_NAME.test(name) || ILLEGAL_IN_VALUE.test(value)) throw unsendable("header");
    if (name.length === 14 && name.toLowerCase() === "content-length") declared = Number(value);
    text += `${name}: ${value}\r\n`;
  }
  if (body === undefined) {
    if (declared === undefined && EXPECTS_BODY.has(method)) text += "Content-Length: 0\r\n";
    return { text: `${text}\r\n`, bodyLength: 0 };
  }
  if (Buffer.isBuffer(body)) {
    if (declared === undefined) text += `Content-Length: ${body.length}\r\n`;
    else if (declared !== body.length) throw lengthMismatch();
    return { text: `${text}\r\n`, bodyLength: body.length };
  }
  if (declared === undefined) text += "Transfer-Encoding: chunked\r\n";
  return { text: `${text}\r\n`, bodyLength: declared };
}

function unsendable(part: string): Http1Error {
  return new Http1Error("UNSENDABLE_REQUEST", `an illegal character in the ${part}`);
}

export function lengthMismatch(): Http1Error {
  return new Http1Error("REQUEST_LENGTH_MISMATCH", "the body is longer or shorter than Content-Length says");
}
