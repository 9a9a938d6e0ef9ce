import { textAt, valueAt } from "../json-fields.ts";
import type { Emphasis } from "../output/emphasis.ts";
import { printable } from "../output/printable.ts";

/** An access line for people: `12:02:24.007 200 GET /shop/orders/1  12.0 ms (target 9.1 ms)  shop/orders/rest`. */
export function accessText(line: unknown, emphasis: Emphasis): string {
  const isTunnel = textAt(line, "event") === "tunnel-ended";
  const what = isTunnel ? textAt(line, "protocol") : textAt(line, "method");
  const names = ["application", "service", "entry"].map((name) => textAt(line, name)).filter(Boolean);
  const head = [
    emphasis("dim", localTime(textAt(line, "time"))),
    isTunnel ? "END" : statusText(valueAt(line, "status"), emphasis),
    printable(`${what ?? "-"} ${textAt(line, "path") ?? ""}`),
  ].join(" ");
  const rest = [
    isTunnel ? tunnelText(line) : durationText(line),
    names.length > 0 ? names.join("/") : textAt(line, "client"),
    textAt(line, "reason") ?? textAt(line, "failure"),
  ];
  return [head, ...rest.filter(isGiven).map(printable)].join("  ");
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined;
}

/** Red where something has failed, yellow where somebody was refused. */
function statusText(value: unknown, emphasis: Emphasis): string {
  const status = typeof value === "number" ? value : 0;
  if (status === 0) return "---";
  if (status >= 500) return emphasis("red", String(status));
  return emphasis(status >= 400 ? "yellow" : "green", String(status));
}

function durationText(line: unknown): string {
  const total = `${tenths(valueAt(line, "milliseconds"))} ms`;
  const attempts = Number(valueAt(line, "attempts") ?? 0);
  if (attempts === 0) return total;
  const target = `${total} (target ${tenths(valueAt(line, "upstreamMilliseconds"))} ms)`;
  return attempts > 1 ? `${target} ${attempts} attempts` : target;
}

function tunnelText(line: unknown): string {
  const seconds = (Number(valueAt(line, "milliseconds") ?? 0) / 1000).toFixed(1);
  const bytes = `${String(valueAt(line, "bytesToTarget"))} B out, ${String(valueAt(line, "bytesToCaller"))} B in`;
  return `${seconds} s  ${bytes}  ended: ${textAt(line, "endedBy") ?? "-"}`;
}

function tenths(value: unknown): string {
  return Number(value ?? 0).toFixed(1);
}

/** `12:02:24.007`; as it is where it is no time. */
function localTime(text = ""): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return printable(text);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
