import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "./outgoing-request.ts";

/** A request that is never sent; its receiver is told why. */
export function unsent(request: OutgoingRequest, receiver: ResponseReceiver, error: Error): ForwardedRequest {
  const { body } = request;
  if (body && !Buffer.isBuffer(body)) body.on("error", () => {}).destroy();
  let aborted = false;
  queueMicrotask(() => {
    if (!aborted) receiver.failed(error);
  });
  return { protocol: undefined, abort: () => void (aborted = true), resume: () => {} };
}
