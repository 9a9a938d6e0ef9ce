import { HOP_BY_HOP } from "../../http/hop-by-hop.ts";
import { isFieldValue, isToken } from "../field-syntax.ts";
import { lengthMismatch } from "../length-mismatch.ts";
import type { OutgoingRequest } from "../outgoing-request.ts";
import { TransportError } from "../transport-error.ts";

/** The head of a request as HTTP/2 has it (RFC 9113 §8.3.1). */
export interface RequestFields {
  /** Flat; the names in lower case, the pseudo-header fields first. */
  readonly fields: readonly string[];
  /** Names whose values no table remembers, here or on the way (RFC 7541 §7.1.3). */
  readonly secret: readonly string[];
  /** Bytes that the body must have, where that is said. */
  readonly bodyLength: number | undefined;
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const PATH = /^[\x21-\x7e\x80-\xff]+$/;

/** Methods whose request without a body says so (RFC 9110 §8.6). */
const EXPECTS_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** An API key may stand in a header of any name; these are what such headers are called. */
const SECRET = /authori[sz]ation|cookie|token|key|secret|password|signature/;

/** Throws TransportError for what cannot stand in a request. `scheme`: `http` or `https`. */
export function requestFields(request: OutgoingRequest, scheme: string): RequestFields {
  const { method, path, headers, upgrade } = request;
  if (!isToken(method) || method === "CONNECT" || !PATH.test(path)) throw unsendable("method or path");
  // RFC 9113 §8.6: there is no upgrade in HTTP/2.
  if (upgrade) throw unsendable("upgrade");
  const fields: string[] = [];
  let authority = "";
  let declared: number | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    const value = headers[index + 1] as string;
    if (!isToken(name) || !isFieldValue(value)) throw unsendable("header");
    if (name === "host") {
      authority = value;
      continue;
    }
    if (name === "content-length") {
      if (declared !== undefined) throw lengthMismatch();
      declared = parseLength(value);
    }
    if (isPassed(name, value)) fields.push(name, value);
  }
  const bodyLength = checkedLength(request, declared);
  // As in HTTP/1.1: targets that want a length need not guess.
  const says = bodyLength !== undefined && (request.body !== undefined || EXPECTS_BODY.has(method));
  if (declared === undefined && says) fields.push("content-length", String(bodyLength));
  const pseudo = [":method", method, ":scheme", scheme, ":authority", authority, ":path", path];
  return { fields: [...pseudo, ...fields], secret: secretNames(fields), bodyLength };
}

/** What concerns a connection is a fault in HTTP/2, but for `TE: trailers` (RFC 9113 §8.2.2). */
function isPassed(name: string, value: string): boolean {
  if (name === "te") return value.toLowerCase() === "trailers";
  return name !== "http2-settings" && !HOP_BY_HOP.has(name);
}

function checkedLength({ body }: OutgoingRequest, declared: number | undefined): number | undefined {
  if (body !== undefined && !Buffer.isBuffer(body)) return declared;
  const length = body === undefined ? 0 : body.length;
  if (declared !== undefined && declared !== length) throw lengthMismatch();
  return length;
}

/** Digits alone, as in HTTP/1.1. */
function parseLength(value: string): number {
  if (!/^[0-9]{1,16}$/.test(value)) throw lengthMismatch();
  return Number(value);
}

function secretNames(fields: readonly string[]): string[] {
  return fields.filter((name, index) => index % 2 === 0 && SECRET.test(name));
}

function unsendable(part: string): TransportError {
  return new TransportError("UNSENDABLE_REQUEST", `the ${part} cannot be sent`);
}
