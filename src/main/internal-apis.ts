import { sendJsonError } from "../http/json-error.ts";
import type { RequestHandler } from "../http/request-handler.ts";

/** Part of an address that others serve too. */
export interface InternalApi {
  readonly serves: (target: string) => boolean;
  readonly handle: RequestHandler;
}

/** What the admin API has below /v1: that of the documents, and the connector's for everything else. */
export function internalApis(
  documents: InternalApi | undefined,
  connector: RequestHandler | undefined,
): RequestHandler | undefined {
  if (!documents) return connector;
  const others = connector ?? notHere;
  return (request, response) =>
    (documents.serves(request.url ?? "") ? documents.handle : others)(request, response);
}

const notHere: RequestHandler = (_request, response) =>
  sendJsonError(response, 404, "nothing that runs here serves this path");
