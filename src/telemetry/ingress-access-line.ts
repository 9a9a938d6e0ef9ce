import type { IngressRequest } from "./channels.ts";
import { jsonText } from "./json-text.ts";
import { millisecondsText } from "./milliseconds-text.ts";
import { printable } from "./printable.ts";
import { localTime } from "./terminal-line.ts";
import { timestamp } from "./timestamp.ts";

/** The access line of a request at the ingress, with a line feed; what is not known is left out. */
export function ingressAccessLine(request: IngressRequest, now: number): string {
  const { listener, method, status, milliseconds } = request;
  return (
    `{"time":"${timestamp(now)}","log":"access","listener":"${listener}","method":${jsonText(method)}` +
    `,"path":${jsonText(withoutQuery(request.path))}${optional("client", request.client)}` +
    `${optional("certificate", request.certificate)}${optional("peer", request.peer)}` +
    `,"status":${status}${optional("failure", request.failure)}` +
    `,"milliseconds":${millisecondsText(milliseconds)}}\n`
  );
}

/** The same for people: `12:02:24.007 IN    GET /shop/v1/events  200  3.1 ms  shop`. */
export function ingressAccessText(request: IngressRequest, now: number): string {
  const { method, status, milliseconds, client, failure } = request;
  const parts = [
    `${localTime(now)} IN    ${printable(`${method} ${withoutQuery(request.path)}`)}`,
    String(status),
    `${milliseconds.toFixed(1)} ms`,
    ...[client, failure].filter((part) => part !== undefined).map(printable),
  ];
  return `${parts.join("  ")}\n`;
}

/** The publisher has cut the query already; a mistake there must not show a token here. */
function withoutQuery(path: string): string {
  const query = path.indexOf("?");
  return query < 0 ? path : path.slice(0, query);
}

function optional(name: string, value: string | undefined): string {
  return value === undefined ? "" : `,"${name}":${jsonText(value)}`;
}
