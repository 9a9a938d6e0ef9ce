import type { IncomingMessage, ServerResponse } from "node:http";
import { peerAddress } from "../http/peer-address.ts";
import type { ReceivedFacts } from "./call-record.ts";
import type { Deadline } from "./deadline.ts";
import type { Addressing } from "./route.ts";

/** A call as the listener hands it over. */
export interface ReceivedCall {
  readonly addressing: Addressing;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The caller waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  readonly connection: CallConnection;
  /** Free for this call. */
  readonly deadline: Deadline;
}

/** The connection that a call came over. */
export interface CallConnection {
  ended(call: object, deadline: Deadline): void;
  /** Nothing has come behind the call with this answer. */
  isNewest(response: ServerResponse): boolean;
}

export function receivedFacts({
  addressing,
  request,
}: Pick<ReceivedCall, "addressing" | "request">): ReceivedFacts {
  const { method = "GET" } = request;
  return { listener: addressing, method, path: pathOf(request), peer: peerAddress(request.socket) };
}

function pathOf(request: IncomingMessage): string {
  const target = request.url ?? "";
  const question = target.indexOf("?");
  return question === -1 ? target : target.slice(0, question);
}
