import type { Clock } from "../core/clock.ts";
import { accessLine } from "./access-line.ts";
import { accessText } from "./access-text.ts";
import {
  callFinished,
  ingressRequestFinished,
  tunnelEnded,
  type EndedTunnel,
  type FinishedCall,
  type IngressRequest,
} from "./channels.ts";
import { ingressAccessLine, ingressAccessText } from "./ingress-access-line.ts";
import type { LineSink } from "./line-sink.ts";
import { tunnelLine, tunnelText } from "./tunnel-line.ts";

export interface AccessLogOptions {
  readonly sink: LineSink;
  /** text: for people at a terminal, written at once. */
  readonly form: "json" | "text";
  readonly clock: Clock;
}

/** Writes one line for every call through the gateway, every tunnel and every request at the ingress, until disposed of. */
export function startAccessLog({ sink, form, clock }: AccessLogOptions): Disposable {
  const isText = form === "text";
  const writeCall = isText
    ? (call: FinishedCall) => sink.write(accessText(call, clock.now()), true)
    : (call: FinishedCall) => sink.write(accessLine(call, clock.now()));
  const writeRequest = isText
    ? (request: IngressRequest) => sink.write(ingressAccessText(request, clock.now()), true)
    : (request: IngressRequest) => sink.write(ingressAccessLine(request, clock.now()));
  const writeTunnel = isText
    ? (tunnel: EndedTunnel) => sink.write(tunnelText(tunnel, clock.now()), true)
    : (tunnel: EndedTunnel) => sink.write(tunnelLine(tunnel, clock.now()));
  callFinished.subscribe(writeCall);
  tunnelEnded.subscribe(writeTunnel);
  ingressRequestFinished.subscribe(writeRequest);
  return {
    [Symbol.dispose]() {
      callFinished.unsubscribe(writeCall);
      tunnelEnded.unsubscribe(writeTunnel);
      ingressRequestFinished.unsubscribe(writeRequest);
    },
  };
}
