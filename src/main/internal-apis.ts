import { sendJsonError } from "../http/json-error.ts";
import type { RequestHandler } from "../http/request-handler.ts";

/** Part of an address that others serve too. */
export interface InternalApi {
  readonly serves: (target: string) => boolean;
  readonly handle: RequestHandler;
}

/** What the admin API has below /v1: that of the documents and of the gateway, and the connector's for the rest. */
export function internalApis(
  parts: readonly (InternalApi | undefined)[],
  connector: RequestHandler | undefined,
): RequestHandler | undefined {
  const running = parts.filter((part) => part !== undefined);
  if (running.length === 0) return connector;
  const others = connector ?? notHere;
  return (request, response) => {
    const part = running.find(({ serves }) => serves(request.url ?? ""));
    (part?.handle ?? others)(request, response);
  };
}

const notHere: RequestHandler = (_request, response) =>
  sendJsonError(response, 404, "nothing that runs here serves this path");
