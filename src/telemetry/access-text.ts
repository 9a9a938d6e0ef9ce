import { pathOf } from "./access-line.ts";
import type { FinishedCall } from "./channels.ts";
import { printable } from "./printable.ts";
import { redactText } from "./redact.ts";
import { localTime } from "./terminal-line.ts";

/** The access line for people: `12:02:24.007 CALL  GET /shop/orders/1  200  12 ms (target 9 ms)`. */
export function accessText(call: FinishedCall, now: number): string {
  const parts = [
    `${localTime(now)} CALL  ${printable(`${call.method} ${pathOf(call)}`)}`,
    statusText(call),
    durationText(call),
  ];
  if (call.attempts > 1) parts.push(`${call.attempts} attempts`);
  if (call.reason !== undefined) parts.push(printable(redactText(call.reason)));
  return `${parts.join("  ")}\n`;
}

function statusText(call: FinishedCall): string {
  if (call.gatewayError !== undefined) return `${call.status} (gateway: ${call.gatewayError})`;
  return call.targetStatus === undefined || call.targetStatus === call.status
    ? String(call.status)
    : `${call.status} (target: ${call.targetStatus})`;
}

function durationText(call: FinishedCall): string {
  const total = `${call.milliseconds.toFixed(1)} ms`;
  return call.attempts === 0 ? total : `${total} (target ${call.upstreamMilliseconds.toFixed(1)} ms)`;
}
