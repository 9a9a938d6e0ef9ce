import type { IncomingMessage, ServerResponse } from "node:http";

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** How long a client that is still sending may go on before its connection may be closed, in milliseconds. */
const LINGER = 1000;

/**
 * Sends an answer of known length. A client that is still sending a body gets it in full first: closing at once
 * would reset the connection and lose the answer on its way.
 */
export function sendWhole(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: WholeAnswer,
): void {
  // RFC 9110 §8.6: the length of a 304 would be that of the whole, and a 204 has none.
  const length = status === 304 || status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  if (request.complete || !hasBody(request)) return void response.end(body);
  if (body.length > 0) response.write(body);
  else response.flushHeaders();
  const end = () => response.end();
  const patience = setTimeout(end, LINGER).unref();
  response.once("close", () => clearTimeout(patience));
  request.once("end", end).once("error", end).resume();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
