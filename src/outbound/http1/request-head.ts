import type { OutgoingRequest } from "../outgoing-request.ts";
import { isFieldValue, isToken } from "../field-syntax.ts";
import { lengthMismatch } from "../length-mismatch.ts";
import { TransportError } from "../transport-error.ts";

/** Head of a request as it is written, and how its body is delimited. */
export interface SerialisedHead {
  /** Latin-1, with the empty line at its end. */
  readonly text: string;
  /** Bytes that the body must have; undefined for a chunked one. */
  readonly bodyLength: number | undefined;
}

/** What a proxy for plain HTTP gets to see beyond the request itself. */
export interface ProxiedHead {
  /** Put before the path: such a proxy is asked with the whole URL (RFC 9112 §3.2.2). */
  readonly origin: string;
  /** Value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

// RFC 9110 §§5.5, 5.6.2 and RFC 9112 §3.2: checked here once more, although every source has been checked
// before, because what slips through would be a second request at the target.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const PATH = /^[\x21-\x7e\x80-\xff]+$/;
const PROTOCOL = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/;

/** Methods whose request without a body says so (RFC 9110 §8.6). */
const EXPECTS_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Throws TransportError for what cannot stand in a request. */
export function serialiseHead(request: OutgoingRequest, proxied?: ProxiedHead): SerialisedHead {
  const { method, path, headers, body } = request;
  // What follows a CONNECT would be another protocol.
  if (!isToken(method) || method === "CONNECT" || !PATH.test(path)) throw unsendable("method or path");
  let text = `${method} ${proxied ? proxied.origin : ""}${path} HTTP/1.1\r\n`;
  let declared: number | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    if (!isToken(name) || !isFieldValue(value)) throw unsendable("header");
    // By length first, as in the answer.
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (declared !== undefined) throw lengthMismatch();
      declared = parseLength(value);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      // The transport alone says how a body is framed.
      throw unsendable("header");
    }
    text += `${name}: ${value}\r\n`;
  }
  text += upgradeLines(request);
  if (proxied?.authorization !== undefined) text += `Proxy-Authorization: ${proxied.authorization}\r\n`;
  return withFraming(text, { method, declared, body });
}

/** A body behind them could be taken for the first bytes of the other protocol. */
function upgradeLines({ upgrade, body }: OutgoingRequest): string {
  if (upgrade === undefined) return "";
  if (body !== undefined || !PROTOCOL.test(upgrade.protocol)) throw unsendable("upgrade");
  return `Connection: Upgrade\r\nUpgrade: ${upgrade.protocol}\r\n`;
}

interface Framing {
  readonly method: string;
  /** Value of the Content-Length header. */
  readonly declared: number | undefined;
  readonly body: OutgoingRequest["body"];
}

function withFraming(head: string, { method, declared, body }: Framing): SerialisedHead {
  if (body !== undefined && !Buffer.isBuffer(body)) {
    const framing = declared === undefined ? "Transfer-Encoding: chunked\r\n" : "";
    return { text: `${head}${framing}\r\n`, bodyLength: declared };
  }
  const bodyLength = body === undefined ? 0 : body.length;
  if (declared !== undefined) {
    // A length without its body would take the next request on the connection for the body.
    if (declared !== bodyLength) throw lengthMismatch();
    return { text: `${head}\r\n`, bodyLength };
  }
  const says = body !== undefined || EXPECTS_BODY.has(method);
  return { text: says ? `${head}Content-Length: ${bodyLength}\r\n\r\n` : `${head}\r\n`, bodyLength };
}

/** Digits alone: a target that reads `0x10` or `+5` otherwise would find another end of the body. */
function parseLength(value: string): number {
  if (!/^[0-9]{1,16}$/.test(value)) throw lengthMismatch();
  return Number(value);
}

function unsendable(part: string): TransportError {
  return new TransportError("UNSENDABLE_REQUEST", `the ${part} cannot be sent`);
}
