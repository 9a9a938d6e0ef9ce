import { pathOf } from "./access-line.ts";
import { apiNames } from "./api-names.ts";
import type { EndedTunnel } from "./channels.ts";
import { jsonText } from "./json-text.ts";
import { millisecondsText } from "./milliseconds-text.ts";
import { printable } from "./printable.ts";
import { localTime } from "./terminal-line.ts";
import { timestamp } from "./timestamp.ts";

/** The access line at the end of a tunnel, with a line feed. `requestId` is that of the call that opened it. */
export function tunnelLine(tunnel: EndedTunnel, now: number): string {
  const { call, protocol, reason, bytesToTarget, bytesToCaller, milliseconds } = tunnel;
  return (
    `{"time":"${timestamp(now)}","log":"access","event":"tunnel-ended"${apiNames(call)}` +
    `,"listener":"${call.listener}","path":${jsonText(pathOf(call))},"requestId":${jsonText(call.requestId)}` +
    (call.peer === undefined ? "" : `,"peer":${jsonText(call.peer)}`) +
    `,"protocol":${jsonText(protocol)},"endedBy":"${reason}"` +
    `,"bytesToTarget":${bytesToTarget},"bytesToCaller":${bytesToCaller}` +
    `,"milliseconds":${millisecondsText(milliseconds)}}\n`
  );
}

/** The same for people: `12:02:24.007 END   websocket /shop/orders/live  61.2 s  812 B out, 90344 B in  (caller)`. */
export function tunnelText(tunnel: EndedTunnel, now: number): string {
  const { call, protocol, reason, bytesToTarget, bytesToCaller, milliseconds } = tunnel;
  const parts = [
    `${localTime(now)} END   ${printable(`${protocol} ${pathOf(call)}`)}`,
    `${(milliseconds / 1000).toFixed(1)} s`,
    `${bytesToTarget} B out, ${bytesToCaller} B in`,
    `(${reason})`,
  ];
  return `${parts.join("  ")}\n`;
}
