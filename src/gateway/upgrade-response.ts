import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ServerResponse } from "../http/node-http.ts";
import type { CallPermit } from "../snapshot/call-limits.ts";
import type { CallRecord } from "./call-record.ts";

/** What a call leaves behind where its target has switched the protocol. */
export interface SwitchedCall {
  readonly target: Socket;
  readonly call: CallRecord;
  /** Of the limits of its API; whoever gets it ends it. */
  readonly permit: CallPermit | undefined;
}

/** Where that goes once the caller has been told. */
export type OpenTunnel = (switched: SwitchedCall) => void;

/**
 * The answer to a request that Node has taken out of HTTP, on a socket that Node leaves to us: it is written as any
 * other, so that a call need not know. It is the last one on its connection: another protocol follows a 101, and the
 * end any other status.
 */
export class UpgradeResponse extends ServerResponse {
  readonly #caller: Socket;
  readonly #open: OpenTunnel;
  #switched: SwitchedCall | undefined;

  /** Nothing is under way on the socket. */
  constructor(request: IncomingMessage, caller: Socket, open: OpenTunnel) {
    super(request);
    this.#caller = caller;
    this.#open = open;
    this.shouldKeepAlive = false;
    this.assignSocket(caller);
    // Node's server, which would tell these, knows the socket no more.
    caller.on("drain", this.#drained).once("end", this.#left);
    this.once("finish", this.#finished).once("close", this.#closed);
  }

  /** The head of the answer says that the protocol is switched. Unless the caller goes before, it is once that has left. */
  switches(switched: SwitchedCall): void {
    this.#switched = switched;
    this.end();
  }

  readonly #drained = (): void => void this.emit("drain");

  /** Who ends its side before the protocol is switched does not want it any more. */
  readonly #left = (): void => void this.destroy();

  readonly #finished = (): void => {
    const caller = this.#caller;
    const switched = this.#switched;
    this.#switched = undefined;
    caller.off("drain", this.#drained).off("end", this.#left);
    this.detachSocket(caller);
    this.emit("close");
    if (switched) return this.#open(switched);
    // What came behind the request is no request, and unread bytes would reset the connection under the answer.
    caller.resume().end();
  };

  /** The caller went before it could be told. */
  readonly #closed = (): void => {
    this.#switched?.target.destroy();
    this.#switched?.permit?.end();
  };
}
