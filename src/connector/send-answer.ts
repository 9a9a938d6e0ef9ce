import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";

/** How long a client that is still sending may go on before its connection may be closed, in milliseconds. */
const LINGER = 1000;

/**
 * Sends an answer. A client that is still sending a body gets it in full first: closing at once would reset
 * the connection and lose the answer on its way.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body, settle }: Answer,
): void {
  // Somebody in front has answered already, such as a limit on bodies.
  if (response.headersSent) return void settle?.(false);
  if (settle) void isHandedOver(request, response).then(settle);
  // RFC 9110 §8.6: the length of a 304 would be that of the whole.
  const length = status === 304 ? {} : { "Content-Length": Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  if (request.complete || !hasBody(request)) return void response.end(body);
  if (body.length > 0) response.write(body);
  else response.flushHeaders();
  const end = () => response.end();
  const patience = setTimeout(end, LINGER).unref();
  response.once("close", () => clearTimeout(patience));
  request.once("end", end).once("error", end).resume();
}

/** Whether the system took the whole response; whether it reached the client, nobody can know. */
async function isHandedOver({ socket }: IncomingMessage, response: ServerResponse): Promise<boolean> {
  // A response that comes when the connection is gone, or waits behind another one on it, never closes.
  if (socket.destroyed) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const leave = () => resolve(false);
  socket.once("close", leave);
  // Node finishes responses also when the connection broke under them; its own listener may end the connection.
  response.prependOnceListener("finish", () => resolve(!socket.destroyed));
  try {
    return await promise;
  } finally {
    socket.off("close", leave);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
