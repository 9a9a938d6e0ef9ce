import type { IncomingMessage, ServerResponse } from "node:http";
import { isSending } from "./is-sending.ts";

/** How long a client that is still sending its body is waited for, in milliseconds. */
export interface SendingPatience {
  /** How long it may pause. */
  readonly pause: number;
  /** How long it may go on in all. */
  readonly longest: number;
}

/**
 * Ends an answer of which everything is written, once the client has sent its body too or the patience is over. What
 * it sends is thrown away. Closing at once would reset the connection and lose the answer on its way (RFC 9112 §9.6).
 */
export function endWhenSent(
  request: IncomingMessage,
  response: ServerResponse,
  { pause, longest }: SendingPatience,
): void {
  const end = () => void response.end();
  if (!isSending(request)) return end();
  // Node keeps the head back until there is a piece of a body, or the end.
  response.flushHeaders();
  const over = setTimeout(end, longest).unref();
  let paused = setTimeout(end, pause).unref();
  const heard = () => {
    clearTimeout(paused);
    paused = setTimeout(end, pause).unref();
  };
  request.on("data", heard);
  response.once("close", () => {
    request.off("data", heard);
    clearTimeout(paused);
    clearTimeout(over);
  });
  request.once("end", end).once("error", end).resume();
}
