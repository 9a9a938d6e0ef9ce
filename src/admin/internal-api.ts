import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import { sendJsonError } from "../http/json-error.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { AdminFailure } from "./admin-failure.ts";
import { auditInternal } from "./audit-internal.ts";
import { authenticate, type Identities } from "./identity/authenticate.ts";
import type { Caller } from "./identity/caller.ts";
import { cutWith } from "./identity/cut-with.ts";
import { mayInternally } from "./identity/may-internally.ts";
import type { InFlightLimit } from "./in-flight-limit.ts";

export interface InternalApiOptions {
  readonly internal?: RequestHandler | undefined;
  readonly identities: Identities;
  readonly limit: InFlightLimit;
  readonly clock: Clock;
}

/**
 * Hands what is below /v1 to the internal API of another component, behind the admin API's authentication and
 * what the caller's role allows; refusals have that component's form (connector spec §2). Everything else goes to
 * `resources`, with the access tokens, which are the admin API's own.
 */
export function withInternalApi(resources: RequestHandler, options: InternalApiOptions): RequestHandler {
  const { internal, limit, identities, clock } = options;
  if (!internal) return resources;
  return (request, response) => {
    if (!/^\/v1(?:[/?]|$)/.test(request.url ?? "") || isOwn(request)) return resources(request, response);
    let caller: Caller | undefined;
    auditInternal(request, response, () => caller?.name);
    try {
      caller = authenticate(request.headers, identities);
      if (!mayInternally(caller, request)) throw refusal(caller, request);
      limit.enter(response);
    } catch (error) {
      if (!(error instanceof AdminFailure)) throw error;
      if (error.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="appconn"');
      return sendJsonError(response, error.status, error.message);
    }
    cutWith(caller, response, clock);
    response.setHeader("Cache-Control", "no-store");
    internal(request, response);
  };
}

function isOwn({ url = "" }: IncomingMessage): boolean {
  return /^\/v1\/access(?:[/?]|$)/.test(url);
}

function refusal({ name }: Caller, { method = "", url = "" }: IncomingMessage): AdminFailure {
  const [path = ""] = url.split("?", 1);
  return new AdminFailure("ADMIN_FORBIDDEN", [path, `User "${name}" cannot ${method} it`]);
}
