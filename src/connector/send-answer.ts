import type { IncomingMessage, ServerResponse } from "node:http";
import { sendWhole } from "../http/send-whole.ts";
import type { Answer } from "./answer.ts";

/** Sends an answer, and tells it afterwards whether it was delivered. */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { settle } = answer;
  // Somebody in front has answered already, such as a limit on bodies.
  if (response.headersSent) return void settle?.(false);
  if (settle) void isHandedOver(request, response).then(settle);
  sendWhole(request, response, answer);
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
