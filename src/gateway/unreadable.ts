import type { Socket } from "node:net";
import { durationText } from "../core/duration.ts";
import { METHODS, STATUS_CODES } from "../http/node-http.ts";
import { peerAddress } from "../http/peer-address.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { ALLOWED_METHODS } from "./allowed-methods.ts";
import { CallRecord, type ReceivedFacts } from "./call-record.ts";
import { refusal, refusalBody } from "./failures.ts";
import { malformation, type ParserError } from "./malformation.ts";
import type { GatewayOptions } from "./options.ts";
import { readRequestHead } from "./request-head.ts";
import type { Addressing } from "./route.ts";

/** What came over a connection in place of a call, and what is known of it. */
export interface Unreadable {
  readonly facts: ReceivedFacts;
  readonly refused: Refusal;
}

/** What Node's parser could not make a request of. */
export function unreadable(
  error: ParserError,
  socket: Socket,
  { addressing, options }: { readonly addressing: Addressing; readonly options: GatewayOptions },
): Unreadable {
  const facts = { listener: addressing, ...requestLine(error.rawPacket, socket), peer: peerAddress(socket) };
  return { facts, refused: refusalOf(error, options) };
}

function refusalOf(error: ParserError, options: GatewayOptions): Refusal {
  if (error.code === "HPE_HEADER_OVERFLOW")
    return refusal("GATEWAY_HEADERS_TOO_LARGE", options.maxHeaderSize);
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return refusal("GATEWAY_REQUEST_TIMEOUT", durationText(options.requestTimeout));
  }
  return refusal("GATEWAY_MALFORMED_REQUEST", malformation(error));
}

const UNKNOWN = { method: "-", path: "" };

/** A path that is longer than this is left out of the record. */
const PATH_LIMIT = 2048;

/**
 * The request line, where it is certain that these bytes are one: they are the first of their connection. Later
 * ones may as well lie in the middle of a header or a body, which must not come into a log.
 */
function requestLine(packet: Buffer | undefined, socket: Socket): { method: string; path: string } {
  if (packet?.length !== socket.bytesRead) return UNKNOWN;
  const start = packet.toString("latin1", 0, PATH_LIMIT);
  const [, method = "", path = ""] = /^([A-Z-]+) (\/[!-~]*)(?=[ ?\r\n])/.exec(start) ?? [];
  if (!METHODS.includes(method)) return UNKNOWN;
  return { method, path: path.split("?", 1)[0] ?? "" };
}

/** The answer to what never became a call, for which there is no ServerResponse, and its record. */
export class UnreadableCall {
  readonly #socket: Socket;
  readonly #refused: Refusal;
  readonly #record: CallRecord;

  constructor(socket: Socket, { facts, refused }: Unreadable) {
    this.#socket = socket;
    this.#refused = refused;
    const head = readRequestHead([]);
    this.#record = new CallRecord(facts, head);
    this.#record.refusal = refused;
    this.#record.begins(undefined, head);
    socket.once("close", this.#lost);
  }

  /** Ends the connection. */
  answer(): void {
    const { status, category, retryAfter } = this.#refused;
    const body = refusalBody(this.#refused);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Content-Type: application/json;charset=UTF-8",
      `X-Gateway-Error: ${category}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
    ];
    if (status === 405) head.push(`Allow: ${ALLOWED_METHODS}`);
    if (retryAfter !== undefined) head.push(`Retry-After: ${retryAfter}`);
    const socket = this.#socket;
    socket.once("finish", () => {
      socket.off("close", this.#lost);
      this.#record.ends(status);
      socket.destroy();
    });
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  }

  readonly #lost = (): void => {
    this.#record.ends(undefined);
  };
}
