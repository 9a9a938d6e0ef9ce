import type { Socket } from "node:net";
import { GatewayCall } from "./call.ts";
import type { CallContext } from "./call-context.ts";
import { Deadline } from "./deadline.ts";
import { isSafe } from "./may-repeat.ts";
import { receivedFacts, type ReceivedCall } from "./received-call.ts";
import { UnreadableCall, type Unreadable } from "./unreadable.ts";

/** How often Node looks for heads that take too long, in milliseconds. */
export const HEAD_CHECK_INTERVAL = 1000;

/** Calls of one connection that run at once: each may hold a connection to a target. */
const RUNNING_LIMIT = 8;

/** While more calls than this wait, nothing is read. What came with the same read waits with them. */
const WAITING_LIMIT = 16;

const CONNECTION = Symbol("connection");

/** A call as the listener hands it over. */
type Arrival = Omit<ReceivedCall, "connection" | "deadline">;

interface WaitingCall {
  readonly context: CallContext;
  readonly received: Arrival;
}

/** What the gateway keeps with each connection of a caller: its calls, and the one deadline. */
export class CallerConnection {
  readonly #socket: Socket;
  /** Milliseconds between two calls. */
  readonly #idleTimeout: number;
  readonly #deadline = new Deadline();
  /** What came last, whether it has started or waits. */
  #newest: Pick<ReceivedCall, "request" | "response"> | undefined;
  /** The newest one that has started. */
  #call: GatewayCall | undefined;
  /** In the order of their answers. One that is not safe runs alone. */
  readonly #running: GatewayCall[] = [];
  /** Behind those that run. */
  readonly #waiting: WaitingCall[] = [];
  /** Too many wait: nothing is read. */
  #heldBack = false;
  /** Nothing more is read: what came last was no request. */
  #rejected = false;
  /** What ends the connection once earlier calls have their answers. */
  #owed: (() => void) | undefined;
  /** Bytes read when the connection became idle; undefined once a head that has begun was given its time. */
  #readBefore: number | undefined;

  private constructor(socket: Socket, idleTimeout: number) {
    this.#socket = socket;
    this.#idleTimeout = idleTimeout;
    socket.once("close", this.#closed);
    // Node takes its own away when it hears CONNECT, or an upgrade.
    socket.on("error", () => socket.destroy());
    socket.once("end", this.#saidEnd);
    // Node resumes it for reasons of its own: a request has ended, written answers have left.
    socket.on("resume", () => this.#heldBack && socket.pause());
  }

  static of(socket: Socket & { [CONNECTION]?: CallerConnection }, idleTimeout: number): CallerConnection {
    return (socket[CONNECTION] ??= new CallerConnection(socket, idleTimeout));
  }

  /**
   * A caller may send the next requests before it has the answer to this one. Only safe ones run beside each other,
   * because others would reach the target in any order (RFC 9112 §9.3.2).
   */
  take(context: CallContext, received: Arrival): void {
    // Node has parsed what lay behind a request that could not be trusted: it goes unread with its connection.
    if (this.#rejected || this.#call?.endsConnection) return;
    this.#newest = received;
    this.#waiting.push({ context, received });
    this.#startWaiting();
    if (this.#waiting.length <= WAITING_LIMIT) return;
    this.#heldBack = true;
    this.#socket.pause();
  }

  /** No call has come that has no answer yet, and the next one may come. */
  get isFree(): boolean {
    const isBusy = this.#running.length > 0 || this.#waiting.length > 0;
    return !isBusy && !this.#rejected && this.#call?.endsConnection !== true;
  }

  /** What follows is another protocol, and the connection somebody else's. Its last call has ended. */
  handOver(): void {
    this.#deadline[Symbol.dispose]();
    this.#socket.off("close", this.#closed).off("end", this.#saidEnd);
    // It may last for days, and needs nothing of the call any more.
    this.#newest = undefined;
    this.#call = undefined;
  }

  /** It has its answer elsewhere, one that closes the connection. */
  takeLast(received: Pick<ReceivedCall, "request" | "response">): void {
    this.#newest = received;
    this.#rejected = true;
  }

  /** Nothing has come behind the call with this answer. */
  isNewest(response: ReceivedCall["response"]): boolean {
    return this.#newest?.response === response;
  }

  /** Reading waits for answers, so that the caller is not to blame for a head that does not end. */
  get heldBack(): boolean {
    return this.#heldBack;
  }

  #startWaiting(): void {
    for (let next = this.#waiting[0]; next && this.#mayStart(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#start(next);
      // What lies behind it goes unread.
      if (this.#call?.isLast) this.#waiting.length = 0;
    }
    if (this.#heldBack && this.#waiting.length <= WAITING_LIMIT) this.#readOn();
  }

  #mayStart({ received }: WaitingCall): boolean {
    const running = this.#running.length;
    // An answer that said `Connection: close` has ended it.
    if (running === 0) return this.#socket.writable;
    if (running >= RUNNING_LIMIT || this.#call?.endsConnection) return false;
    return this.#call?.isSafe === true && isSafe(received.request.method ?? "");
  }

  #start({ context, received }: WaitingCall): void {
    const deadline = this.#running.length > 0 ? new Deadline() : this.#deadline;
    this.#call = new GatewayCall(context, { ...received, connection: this, deadline });
    this.#running.push(this.#call);
    this.#call.start();
  }

  #readOn(): void {
    this.#heldBack = false;
    this.#socket.resume();
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
    if (this.#newest?.request.complete === false) return this.#rejectBody(unread, reason);
    // Behind an answer that says `Connection: close` nothing is read as a request (RFC 9112 §9.6).
    if (this.#saidLast) return;
    this.#refuse(unread);
  }

  #rejectBody(unread: Unreadable, reason: string): void {
    const waiting = this.#waiting.pop();
    // It is refused in its turn, without having been a call.
    if (waiting) return this.#refuse({ ...unread, facts: receivedFacts(waiting.received) });
    if (this.#call?.open) return this.#call.malformed(reason);
    // A second answer to the same request would be taken for the answer to the next one.
    this.#onceAnswered(() => this.#socket.end());
  }

  #refuse(unread: Unreadable): void {
    const unreadable = new UnreadableCall(this.#socket, unread);
    this.#onceAnswered(() => unreadable.answer());
  }

  #onceAnswered(end: () => void): void {
    if (this.#running.length === 0) end();
    else this.#owed = end;
  }

  /** The caller called its newest call its last: HTTP/1.0, or `Connection: close`. */
  get #saidLast(): boolean {
    return this.#newest?.response.shouldKeepAlive === false;
  }

  /** `call` has ended, and its deadline is stopped. */
  ended(call: GatewayCall, deadline: Deadline): void {
    if (deadline !== this.#deadline) deadline[Symbol.dispose]();
    this.#running.splice(this.#running.indexOf(call), 1);
    if (this.#socket.destroyed) return;
    this.#startWaiting();
    if (this.#running.length > 0) return;
    if (this.#owed && this.#socket.writable) return this.#owed();
    this.#readRest();
    this.#readBefore = this.#socket.bytesRead;
    // Node's own timer for idle connections would be started and stopped for every call.
    this.#deadline.arm(this.#idleTimeout, this.#close);
  }

  /** Nobody waits for what is left of a body that was answered early; the next request lies behind it. */
  #readRest(): void {
    const request = this.#newest?.request;
    if (request?.complete !== false) return;
    request.removeAllListeners("data");
    request.resume();
  }

  /**
   * The caller sends nothing more (FIN). Whether it still reads cannot be seen: one that has gone says the same.
   * After a request that it called its last it waits for the answer (RFC 9112 §9.6); one that meant to go on has
   * gone, and so its calls end, once what is written has left (decision 0003, T1).
   */
  readonly #saidEnd = (): void => {
    if (!this.#saidLast) this.#socket.end();
  };

  readonly #closed = (): void => {
    this.#deadline[Symbol.dispose]();
    this.#waiting.length = 0;
    // Node does it too, but not behind CONNECT or an upgrade.
    for (const call of this.#running) call.abandon();
  };

  readonly #close = (): void => {
    const hasBegun = this.#readBefore !== undefined && this.#socket.bytesRead > this.#readBefore;
    this.#readBefore = undefined;
    // Node gives the head of the next request as long again, and its 408 is told and recorded.
    if (hasBegun) this.#deadline.arm(this.#idleTimeout + HEAD_CHECK_INTERVAL * 2, this.#close);
    else this.#socket.destroy();
  };
}
