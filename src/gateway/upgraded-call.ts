import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { CallContext } from "./call-context.ts";
import type { CallRecord } from "./call-record.ts";
import { CallerConnection } from "./caller-connection.ts";
import { refusal } from "./failures.ts";
import { isRefusal, prepare, type Inquiry } from "./prepare.ts";
import { receivedFacts } from "./received-call.ts";
import { readRequestHead } from "./request-head.ts";
import type { Addressing } from "./route.ts";
import { upgradeFault, wantsUpgrade } from "./upgrade.ts";
import { UpgradeResponse } from "./upgrade-response.ts";

/** A request that Node has taken out of HTTP. */
export interface ReceivedUpgrade {
  readonly addressing: Addressing;
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What came behind its head. The target gets it if it switches, and nobody otherwise. */
  readonly early: Buffer;
}

/**
 * Whether a request is to be taken out of HTTP. All others stay in it, where those that want an upgrade and cannot have
 * one are refused. Behind a call that has no answer yet nothing is upgraded: Node would not tell when that answer has left.
 */
export function isUpgrade(request: IncomingMessage, context: CallContext): boolean {
  const head = readRequestHead(request.rawHeaders);
  if (!wantsUpgrade(head) || upgradeFault(request, head) !== undefined) return false;
  return CallerConnection.of(request.socket, context.options.requestTimeout).isFree;
}

/** An upgrade is a call like any other until its target answers: if that is 101, a tunnel is what comes of it. */
export function takeUpgrade(
  context: CallContext,
  { addressing, request, socket, early }: ReceivedUpgrade,
): void {
  const { tunnels, options } = context;
  const connection = CallerConnection.of(socket, options.requestTimeout);
  if (!tunnels.hold(socket)) {
    // Nobody knows when one ends: as soon as one does there is a place, as with calls that are under way.
    const refused = { ...refusal("GATEWAY_TOO_MANY_TUNNELS", options.maxTunnels), retryAfter: 1 };
    return connection.reject({ facts: receivedFacts({ addressing, request }), refused });
  }
  if (early.length > 0) socket.unshift(early);
  const facts = receivedFacts({ addressing, request });
  const { host, clientCertificate, upgrade: protocol = "" } = readRequestHead(request.rawHeaders);
  const caller = { peer: facts.peer, clientCertificate };
  const inquiry = { addressing, target: request.url ?? "", host, caller };
  const response = new UpgradeResponse(request, socket, (switched) => {
    connection.handOver();
    const stands = standing(inquiry, switched.call, context);
    tunnels.open({ ...switched, caller: socket, protocol, stands });
  });
  connection.take(context, { addressing, request, response, expectsContinue: false });
}

/** Tells whether the call would still be allowed, and reach the same API with the same credentials. */
function standing(inquiry: Inquiry, call: CallRecord, context: CallContext): () => boolean {
  return () => {
    const prepared = prepare(inquiry, context);
    return !isRefusal(prepared) && prepared.api === call.compiled;
  };
}
