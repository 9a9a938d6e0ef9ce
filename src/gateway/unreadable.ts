import type { Duplex } from "node:stream";
import { durationText } from "../config/setting.ts";
import { STATUS_CODES } from "../http/node-http.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { refusal, refusalBody } from "./failures.ts";
import { malformation, type ParserError } from "./malformation.ts";
import type { GatewayOptions } from "./options.ts";

/** What a caller is told whose bytes Node's parser could not make a request of. */
export function unreadable(
  error: ParserError,
  options: Pick<GatewayOptions, "maxHeaderSize" | "requestTimeout">,
): Refusal {
  if (error.code === "HPE_HEADER_OVERFLOW")
    return refusal("GATEWAY_HEADERS_TOO_LARGE", options.maxHeaderSize);
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return refusal("GATEWAY_REQUEST_TIMEOUT", durationText(options.requestTimeout));
  }
  return refusal("GATEWAY_MALFORMED_REQUEST", malformation(error));
}

/** Answers what never became a call, for which there is no ServerResponse, and ends the connection. */
export function answerUnreadable(socket: Duplex, refused: Refusal): void {
  const { status, category } = refused;
  const body = refusalBody(refused);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json;charset=UTF-8",
    `X-Gateway-Error: ${category}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.on("error", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
