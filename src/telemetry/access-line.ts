import { apiNames } from "./api-names.ts";
import type { FinishedCall } from "./channels.ts";
import { jsonText } from "./json-text.ts";
import { millisecondsText } from "./milliseconds-text.ts";
import { redactText } from "./redact.ts";
import { timestamp } from "./timestamp.ts";
import { traceIdOf } from "./trace-id.ts";

/**
 * The access line of a call (gateway spec §20), with a line feed; what is not known is left out. Put
 * together by hand: this is on the path of every call, and JSON.stringify of an object takes twice as long.
 */
export function accessLine(call: FinishedCall, now: number): string {
  return `{"time":"${timestamp(now)}","log":"access"${apiNames(call)}${request(call)}${outcome(call)}}\n`;
}

function request(call: FinishedCall): string {
  const traceId = traceIdOf(call.traceparent);
  return (
    `,"listener":"${call.listener}","method":${jsonText(call.method)},"path":${jsonText(pathOf(call))}` +
    `,"requestId":${jsonText(call.requestId)}` +
    (call.peer === undefined ? "" : `,"peer":${jsonText(call.peer)}`) +
    (traceId === undefined ? "" : `,"traceId":"${traceId}"`)
  );
}

function outcome(call: FinishedCall): string {
  const { targetStatus, targetProtocol, tokenCacheHit } = call;
  return (
    `,"status":${call.status},"origin":"${call.origin}"` +
    (targetStatus === undefined ? "" : `,"targetStatus":${targetStatus}`) +
    // What is as ever is not said.
    (targetProtocol === undefined || targetProtocol === "1.1"
      ? ""
      : `,"targetProtocol":"${targetProtocol}"`) +
    `,"attempts":${call.attempts}` +
    (tokenCacheHit === undefined ? "" : `,"tokenCacheHit":${tokenCacheHit}`) +
    `,"milliseconds":${millisecondsText(call.milliseconds)},"upstreamMilliseconds":${millisecondsText(call.upstreamMilliseconds)}` +
    (call.gatewayError === undefined && call.reason === undefined ? "" : failure(call))
  );
}

function failure(call: FinishedCall): string {
  const { gatewayError, failure: code, reason } = call;
  return (
    (gatewayError === undefined ? "" : `,"gatewayError":"${gatewayError}"`) +
    (code === undefined ? "" : `,"failure":${jsonText(code)}`) +
    (reason === undefined ? "" : `,"reason":${jsonText(redactText(reason))}`)
  );
}

/** The publisher has cut the query already; a mistake there must not become a leak here. */
export function pathOf(call: FinishedCall): string {
  const query = call.path.indexOf("?");
  return query < 0 ? call.path : call.path.slice(0, query);
}
