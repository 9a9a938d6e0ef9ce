import { sendJsonError } from "../http/json-error.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { AdminFailure } from "./admin-failure.ts";
import type { AdminToken } from "./identity/admin-token.ts";
import { authenticate } from "./identity/authenticate.ts";
import type { InFlightLimit } from "./in-flight-limit.ts";

export interface InternalApiOptions {
  readonly internal?: RequestHandler | undefined;
  readonly token: Pick<AdminToken, "matches">;
  readonly limit: InFlightLimit;
}

/**
 * Hands what is below /v1 to the internal API of another component, behind the admin API's authentication;
 * refusals have that component's form (connector spec §2). Everything else goes to `resources`.
 */
export function withInternalApi(
  resources: RequestHandler,
  { internal, token, limit }: InternalApiOptions,
): RequestHandler {
  if (!internal) return resources;
  return (request, response) => {
    if (!/^\/v1(?:[/?]|$)/.test(request.url ?? "")) return resources(request, response);
    try {
      authenticate(request.headers, token);
      limit.enter(response);
    } catch (error) {
      if (!(error instanceof AdminFailure)) throw error;
      if (error.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="appconn"');
      return sendJsonError(response, error.status, error.message);
    }
    response.setHeader("Cache-Control", "no-store");
    internal(request, response);
  };
}
