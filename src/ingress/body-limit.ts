import type { IncomingMessage, ServerResponse } from "node:http";
import { refusal } from "./failures.ts";
import { isUnanswered, refuseRaw } from "./refuse.ts";

/** Whether the announced length is above the limit. */
export function announcesTooMuch(request: IncomingMessage, limit: number): boolean {
  const length = request.headers["content-length"];
  return length !== undefined && Number(length) > limit;
}

/**
 * Ends a request whose body has no announced length once it has grown above `limit` bytes: with 413 while
 * nothing was answered yet, else by closing the connection. Other bodies are held to their length by Node.
 */
export function limitBody(request: IncomingMessage, response: ServerResponse, limit: number): void {
  if (request.headers["transfer-encoding"] === undefined) return;
  let received = 0;
  const push = request.push.bind(request);
  // Listening to `data` would start the flow before the component is ready for it.
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    received += chunk?.length ?? 0;
    if (received <= limit) return push(chunk, encoding);
    delete (request as Partial<IncomingMessage>).push;
    const { socket } = request;
    if (isUnanswered({ request, response })) refuseRaw(socket, refusal("INGRESS_BODY_TOO_LARGE", limit));
    else socket.destroy();
    return false;
  };
}
