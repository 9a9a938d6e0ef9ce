import type { Clock } from "../core/clock.ts";
import { accessLine } from "./access-line.ts";
import { accessText } from "./access-text.ts";
import { callFinished, type FinishedCall } from "./channels.ts";
import type { LineSink } from "./line-sink.ts";

export interface AccessLogOptions {
  readonly sink: LineSink;
  /** text: for people at a terminal, written at once. */
  readonly form: "json" | "text";
  readonly clock: Clock;
}

/** Writes one line for every call through the gateway, until disposed of. */
export function startAccessLog({ sink, form, clock }: AccessLogOptions): Disposable {
  const write =
    form === "json"
      ? (call: FinishedCall) => sink.write(accessLine(call, clock.now()))
      : (call: FinishedCall) => sink.write(accessText(call, clock.now()), true);
  callFinished.subscribe(write);
  return { [Symbol.dispose]: () => callFinished.unsubscribe(write) };
}
