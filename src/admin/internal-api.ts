import type { IncomingMessage, ServerResponse } from "node:http";
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
import type { LiveApi } from "./live/live-api.ts";

export interface InternalApiOptions {
  readonly internal?: RequestHandler | undefined;
  /** What is below /v1/live. Its streams stay open for hours, so they have a limit of their own. */
  readonly live?: LiveApi | undefined;
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
  const { internal, live, limit, identities, clock } = options;
  if (!internal && !live) return resources;
  return (request, response) => {
    if (!/^\/v1(?:[/?]|$)/.test(request.url ?? "") || isOwn(request)) return resources(request, response);
    const isStream = live !== undefined && isLive(request);
    if (!isStream && !internal) return resources(request, response);
    let caller: Caller | undefined;
    auditInternal(request, response, () => caller?.name);
    try {
      caller = authenticate(request.headers, identities);
      if (!mayInternally(caller, request)) throw refusal(caller, request);
      cutWith(caller, response, clock);
      response.setHeader("Cache-Control", "no-store");
      if (isStream) return live(request, response, caller);
      limit.enter(response);
    } catch (error) {
      return refuse(error, response);
    }
    internal?.(request, response);
  };
}

function refuse(error: unknown, response: ServerResponse): void {
  if (!(error instanceof AdminFailure)) throw error;
  if (error.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="appconn"');
  sendJsonError(response, error.status, error.message);
}

function isLive({ url = "" }: IncomingMessage): boolean {
  return /^\/v1\/live(?:[/?]|$)/.test(url);
}

function isOwn({ url = "" }: IncomingMessage): boolean {
  return /^\/v1\/access(?:[/?]|$)/.test(url);
}

function refusal({ name }: Caller, { method = "", url = "" }: IncomingMessage): AdminFailure {
  const [path = ""] = url.split("?", 1);
  return new AdminFailure("ADMIN_FORBIDDEN", [path, `User "${name}" cannot ${method} it`]);
}
