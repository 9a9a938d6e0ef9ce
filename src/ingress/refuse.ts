import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { endWhenSent, type SendingPatience } from "../http/end-when-sent.ts";
import { JSON_CONTENT_TYPE, jsonError } from "../http/json-error.ts";
import { STATUS_CODES } from "../http/node-http.ts";
import type { IngressRefusal } from "./failures.ts";

/** A body of up to this many bytes is read and forgotten, so that the connection can be used again. */
const SMALL_BODY = 65_536;

/** How long a client that is still sending may go on before its connection is cut, in milliseconds. */
const LINGER = 1000;

/** Anybody may come here, so that nobody holds a connection for longer by going on. */
const PATIENCE: SendingPatience = { pause: LINGER, longest: LINGER };

/** Answers a request itself. A client after whose answer the connection ends gets it in full first. */
export function refuse(request: IncomingMessage, response: ServerResponse, refused: IngressRefusal): void {
  const body = jsonError(refused.status, refused.text);
  response.statusCode = refused.status;
  response.setHeader("Content-Type", JSON_CONTENT_TYPE);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  if (refused.retryAfter !== undefined) response.setHeader("Retry-After", refused.retryAfter);
  if (refused.close || sendsMuch(request)) response.setHeader("Connection", "close");
  if (response.getHeader("Connection") !== "close") return void response.end(body);
  response.write(body);
  endWhenSent(request, response, PATIENCE);
}

/** Or does not say how much. */
function sendsMuch({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > SMALL_BODY;
}

/**
 * Whether a request that is still being read can be answered past its ServerResponse: nothing has been
 * answered yet, and it is this request's turn on its connection.
 */
export function isUnanswered(exchange: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}): boolean {
  const { request, response } = exchange;
  return !request.complete && !response.headersSent && response.socket !== null;
}

/** Connections that have their last answer; the parser stays in its error and tells it again with each read. */
const refusedSockets = new WeakSet<Duplex>();

export function isRefused(socket: Duplex): boolean {
  return refusedSockets.has(socket);
}

/**
 * For bytes that Node made no request of: answered as far as that is possible, and the connection closed once
 * the client has read that, or after a moment: closing at once, with more of its bytes unread, would reset the
 * connection and lose the answer on its way.
 */
export function refuseRaw(socket: Duplex, refused: IngressRefusal): void {
  refusedSockets.add(socket);
  const body = jsonError(refused.status, refused.text);
  const head = [
    `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status]}`,
    `Content-Type: ${JSON_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  const patience = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.once("close", () => clearTimeout(patience));
  socket.on("error", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.resume();
}
