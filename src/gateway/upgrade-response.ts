import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ServerResponse } from "../http/node-http.ts";
import type { CallRecord } from "./call-record.ts";

/** Where the connection of the target and the call go once the protocol has been switched. */
export type OpenTunnel = (target: Socket, call: CallRecord) => void;

/**
 * The answer to a request that Node has taken out of HTTP, on a socket that Node leaves to us: it is written as any
 * other, so that a call need not know. It is the last one on its connection: another protocol follows a 101, and the
 * end any other status.
 */
export class UpgradeResponse extends ServerResponse {
  readonly #caller: Socket;
  readonly #open: OpenTunnel;
  #target: Socket | undefined;
  #call: CallRecord | undefined;

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
  switches(target: Socket, call: CallRecord): void {
    this.#target = target;
    this.#call = call;
    this.end();
  }

  readonly #drained = (): void => void this.emit("drain");

  /** Who ends its side before the protocol is switched does not want it any more. */
  readonly #left = (): void => void this.destroy();

  readonly #finished = (): void => {
    const caller = this.#caller;
    const target = this.#target;
    this.#target = undefined;
    caller.off("drain", this.#drained).off("end", this.#left);
    this.detachSocket(caller);
    this.emit("close");
    if (target && this.#call) return this.#open(target, this.#call);
    // What came behind the request is no request, and unread bytes would reset the connection under the answer.
    caller.resume().end();
  };

  /** The caller went before it could be told. */
  readonly #closed = (): void => void this.#target?.destroy();
}
