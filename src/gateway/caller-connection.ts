import type { Duplex } from "node:stream";
import type { Refusal } from "../snapshot/compiled.ts";
import { GatewayCall } from "./call.ts";
import type { CallContext } from "./call-context.ts";
import { Deadline } from "./deadline.ts";
import type { ReceivedCall } from "./received-call.ts";
import { answerUnreadable } from "./unreadable.ts";

const CONNECTION = Symbol("connection");

/** What the gateway keeps with each connection of a caller: its newest call, and the one deadline. */
export class CallerConnection {
  readonly #socket: Duplex;
  /** Milliseconds between two calls. */
  readonly #idleTimeout: number;
  readonly #deadline = new Deadline();
  #call: GatewayCall | undefined;
  /** Of the newest call. */
  #request: ReceivedCall["request"] | undefined;
  /** Nothing more is read: what came last was no request. */
  #rejected = false;
  /** The answer to that, while earlier calls wait for theirs. */
  #owed: (() => void) | undefined;

  private constructor(socket: Duplex, idleTimeout: number) {
    this.#socket = socket;
    this.#idleTimeout = idleTimeout;
    socket.once("close", () => this.#deadline[Symbol.dispose]());
    socket.once("end", this.#saidEnd);
  }

  static of(socket: Duplex & { [CONNECTION]?: CallerConnection }, idleTimeout: number): CallerConnection {
    return (socket[CONNECTION] ??= new CallerConnection(socket, idleTimeout));
  }

  take(context: CallContext, received: Omit<ReceivedCall, "connection" | "deadline">): void {
    const previous = this.#call;
    // Node has parsed what lay behind a request that could not be trusted: it goes unread with its connection.
    if (this.#rejected || previous?.isLast) return;
    // A caller may send the next request before it has the answer to this one.
    const deadline = previous && !previous.over ? new Deadline() : this.#deadline;
    this.#request = received.request;
    this.#call = new GatewayCall(context, { ...received, connection: this, deadline });
    this.#call.start();
  }

  /**
   * What came last is no request. Inside the body of a call it is that call which is malformed. Behind it, the
   * calls that came whole are answered first, in their order (RFC 9112 §9.3.2), and the connection ends.
   */
  reject(refused: Refusal, reason = refused.message): void {
    const call = this.#call;
    // The parser stays in its error, and tells it again with whatever else comes.
    if (this.#rejected || call?.isLast) return;
    this.#rejected = true;
    const isBody = this.#request?.complete === false;
    if (isBody && call?.open) return call.malformed(reason);
    // A second answer to the same request would be taken for the answer to the next one.
    const answer = () => (isBody ? this.#socket.end() : answerUnreadable(this.#socket, refused));
    if (!call || call.over) answer();
    else this.#owed = answer;
  }

  /** `call` has ended, and its deadline is stopped. */
  ended(call: GatewayCall, deadline: Deadline): void {
    if (deadline !== this.#deadline) deadline[Symbol.dispose]();
    // After an answer that said `Connection: close` there is none (RFC 9112 §9.6).
    if (this.#owed && this.#call === call && this.#socket.writable) return this.#owed();
    // Node's own timer for idle connections would be started and stopped for every call.
    if (this.#call === call && !this.#socket.destroyed) this.#deadline.arm(this.#idleTimeout, this.#close);
  }

  /**
   * The caller sends nothing more (FIN). Whether it still reads cannot be seen: one that has gone says the same.
   * After a request that it called its last it waits for the answer (RFC 9112 §9.6); one that meant to go on has
   * gone, and so its calls end, once what is written has left (decision 0003, T1).
   */
  readonly #saidEnd = (): void => {
    if (!this.#call?.saidLast) this.#socket.end();
  };

  readonly #close = (): void => {
    this.#socket.destroy();
  };
}
