import type { Socket } from "node:net";
import { GatewayCall } from "./call.ts";
import type { CallContext } from "./call-context.ts";
import { Deadline } from "./deadline.ts";
import type { ReceivedCall } from "./received-call.ts";
import { UnreadableCall, type Unreadable } from "./unreadable.ts";

/** How often Node looks for heads that take too long, in milliseconds. */
export const HEAD_CHECK_INTERVAL = 1000;

const CONNECTION = Symbol("connection");

/** What the gateway keeps with each connection of a caller: its newest call, and the one deadline. */
export class CallerConnection {
  readonly #socket: Socket;
  /** Milliseconds between two calls. */
  readonly #idleTimeout: number;
  readonly #deadline = new Deadline();
  #call: GatewayCall | undefined;
  /** Of the newest call. */
  #request: ReceivedCall["request"] | undefined;
  /** Nothing more is read: what came last was no request. */
  #rejected = false;
  /** What ends the connection once earlier calls have their answers. */
  #owed: (() => void) | undefined;
  /** Bytes read when the connection became idle; undefined once a head that has begun was given its time. */
  #readBefore: number | undefined;
  /** Answers that wait behind the one to an earlier call. */
  readonly #queued = new Set<ReceivedCall["response"]>();

  private constructor(socket: Socket, idleTimeout: number) {
    this.#socket = socket;
    this.#idleTimeout = idleTimeout;
    socket.once("close", this.#closed);
    // Node takes its own away when it hears CONNECT.
    socket.on("error", () => socket.destroy());
    socket.once("end", this.#saidEnd);
  }

  static of(socket: Socket & { [CONNECTION]?: CallerConnection }, idleTimeout: number): CallerConnection {
    return (socket[CONNECTION] ??= new CallerConnection(socket, idleTimeout));
  }

  take(context: CallContext, received: Omit<ReceivedCall, "connection" | "deadline">): void {
    const previous = this.#call;
    // Node has parsed what lay behind a request that could not be trusted: it goes unread with its connection.
    if (this.#rejected || previous?.isLast) return;
    // A caller may send the next request before it has the answer to this one.
    const deadline = previous && !previous.over ? new Deadline() : this.#deadline;
    if (previous?.over === false) this.#queue(received.response);
    this.#request = received.request;
    this.#call = new GatewayCall(context, { ...received, connection: this, deadline });
    this.#call.start();
  }

  /**
   * What came last is no request. Inside the body of a call it is that call which is malformed. Behind it, the
   * calls that came whole are answered first, in their order (RFC 9112 §9.3.2), and the connection ends.
   */
  reject(unread: Unreadable, reason = unread.refused.message): void {
    const call = this.#call;
    // The parser stays in its error, and tells it again with whatever else comes.
    if (this.#rejected || call?.isLast) return;
    this.#rejected = true;
    if (this.#request?.complete === false) {
      if (call?.open) return call.malformed(reason);
      // A second answer to the same request would be taken for the answer to the next one.
      return this.#onceAnswered(() => this.#socket.end());
    }
    // Behind an answer that says `Connection: close` nothing is read as a request (RFC 9112 §9.6).
    if (call?.saidLast) return;
    const unreadable = new UnreadableCall(this.#socket, unread);
    this.#onceAnswered(() => unreadable.answer());
  }

  #onceAnswered(end: () => void): void {
    if (!this.#call || this.#call.over) end();
    else this.#owed = end;
  }

  /** `call` has ended, and its deadline is stopped. */
  ended(call: GatewayCall, deadline: Deadline): void {
    if (deadline !== this.#deadline) deadline[Symbol.dispose]();
    if (this.#call !== call || this.#socket.destroyed) return;
    if (this.#owed && this.#socket.writable) return this.#owed();
    this.#readRest();
    this.#readBefore = this.#socket.bytesRead;
    // Node's own timer for idle connections would be started and stopped for every call.
    this.#deadline.arm(this.#idleTimeout, this.#close);
  }

  /** Nobody waits for what is left of a body that was answered early; the next request lies behind it. */
  #readRest(): void {
    if (this.#request?.complete !== false) return;
    this.#request.removeAllListeners("data");
    this.#request.resume();
  }

  /**
   * The caller sends nothing more (FIN). Whether it still reads cannot be seen: one that has gone says the same.
   * After a request that it called its last it waits for the answer (RFC 9112 §9.6); one that meant to go on has
   * gone, and so its calls end, once what is written has left (decision 0003, T1).
   */
  readonly #saidEnd = (): void => {
    if (!this.#call?.saidLast) this.#socket.end();
  };

  #queue(response: ReceivedCall["response"]): void {
    this.#queued.add(response);
    response.once("close", () => this.#queued.delete(response));
  }

  readonly #closed = (): void => {
    this.#deadline[Symbol.dispose]();
    // Node does it too, but not behind CONNECT.
    for (const response of this.#queued) response.destroy();
  };

  readonly #close = (): void => {
    const hasBegun = this.#readBefore !== undefined && this.#socket.bytesRead > this.#readBefore;
    this.#readBefore = undefined;
    // Node gives the head of the next request as long again, and its 408 is told and recorded.
    if (hasBegun) this.#deadline.arm(this.#idleTimeout + HEAD_CHECK_INTERVAL * 2, this.#close);
    else this.#socket.destroy();
  };
}
