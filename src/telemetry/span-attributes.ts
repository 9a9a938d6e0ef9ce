import { pathOf } from "./access-line.ts";
import type { FinishedCall } from "./channels.ts";

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Of the span of a call, by OpenTelemetry's semantic conventions for HTTP servers, without query or secret. */
export function callAttributes(call: FinishedCall): SpanAttributes {
  return withoutUndefined({
    "http.request.method": call.method,
    "http.response.status_code": call.status,
    "url.path": pathOf(call),
    "url.scheme": "http",
    "client.address": call.peer,
    "error.type": call.failure,
    "appconn.application": call.application,
    "appconn.service": call.service,
    "appconn.entry": call.entry,
    "appconn.request_id": call.requestId,
    "appconn.attempts": call.attempts,
  });
}

/** Of the span of a request to a target, and its answer. */
export function targetAttributes(
  call: Pick<FinishedCall, "targetStatus" | "targetProtocol">,
): SpanAttributes {
  return withoutUndefined({
    "http.response.status_code": call.targetStatus,
    "network.protocol.version": call.targetProtocol,
  });
}

function withoutUndefined(
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
): SpanAttributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (pair): pair is [string, string | number | boolean] => pair[1] !== undefined,
    ),
  );
}
