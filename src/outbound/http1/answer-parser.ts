import { malformed, parseAnswerHead, type AnswerHead } from "./answer-head.ts";
import { ChunkedBody } from "./chunked-body.ts";
import { TransportError } from "../transport-error.ts";
import { switchesTo } from "./switches-to.ts";

/** Who is told what comes out of a connection. */
export interface AnswerEvents {
  informed(status: number, headers: string[]): void;
  started(head: AnswerHead): void;
  /** The protocol that was asked for begins with `rest`, which is the receiver's own. */
  switched(head: AnswerHead, rest: Buffer): void;
  /** A view into the read buffer: whoever keeps it copies it. */
  data(piece: Buffer): void;
  ended(trailers: string[]): void;
}

/** Largest head of an answer, in bytes. */
const MAX_HEAD_SIZE = 64 * 1024;

/** Informational answers before the final one; more is a mistake or malice. */
const MAX_INFORMED = 64;

const HEAD_END = Buffer.from("\r\n\r\n");
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const BEGINNING = Buffer.from("HTTP/1.");

type State =
  | { readonly kind: "head" }
  | { readonly kind: "length"; remaining: number }
  | { readonly kind: "chunked"; readonly body: ChunkedBody }
  /** Only the end of the connection ends the body (RFC 9112 §6.3, rule 8). */
  | { readonly kind: "until-close" }
  | { readonly kind: "over" };

const HEAD: State = { kind: "head" };
const UNTIL_CLOSE: State = { kind: "until-close" };
const OVER: State = { kind: "over" };

/** Parses one answer; a connection makes a new parser for each request. Throws TransportError. */
export class AnswerParser {
  readonly #events: AnswerEvents;
  readonly #toHead: boolean;
  readonly #protocol: string | undefined;
  #state: State = HEAD;
  #pending: Buffer | undefined;
  #informed = 0;

  /**
   * `toHead`: the request was a HEAD, whose answer has no body whatever its headers say. `protocol`: the one that it
   * asked for in place of HTTP.
   */
  constructor(events: AnswerEvents, toHead: boolean, protocol?: string) {
    this.#events = events;
    this.#toHead = toHead;
    this.#protocol = protocol;
  }

  /** Answers true when bytes follow the end of the answer, which nobody asked for. */
  take(bytes: Buffer): boolean {
    let rest: Buffer | undefined = bytes;
    while (rest !== undefined && rest.length > 0 && this.#state !== OVER) rest = this.#step(rest);
    return rest !== undefined && rest.length > 0;
  }

  /** The connection has ended. Throws unless that is how the answer ends. */
  end(): void {
    if (this.#state === UNTIL_CLOSE) return this.#finish([]);
    if (this.#state === HEAD && !this.#pending) {
      throw new TransportError("CLOSED_BEFORE_ANSWER", "the connection was closed before an answer");
    }
    throw new TransportError("ANSWER_TOO_SHORT", "the connection was closed within the answer");
  }

  #step(bytes: Buffer): Buffer | undefined {
    const state = this.#state;
    switch (state.kind) {
      case "head":
        return this.#takeHead(bytes);
      case "length":
        return this.#takeLength(bytes, state);
      case "chunked": {
        const end = state.body.take(bytes);
        return end === undefined ? undefined : bytes.subarray(end);
      }
      case "until-close":
        this.#events.data(bytes);
        return undefined;
      case "over":
        return bytes;
    }
  }

  #takeHead(bytes: Buffer): Buffer | undefined {
    const known = this.#pending?.length ?? 0;
    const all = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
    const end = all.indexOf(HEAD_END, Math.max(0, known - 3));
    if ((end === -1 ? all.length : end) > MAX_HEAD_SIZE) {
      throw new TransportError("HEAD_TOO_LARGE", "its headers are too large");
    }
    if (end === -1) {
      // What greets in another protocol never ends a head, and would be waited for as if it did not answer.
      if (!beginsAnswer(all)) throw malformed("no HTTP/1.1 status line");
      if (hasBareLineFeed(all, known)) throw malformed("a bare line break in its headers");
      // The read buffer is used again: what is kept is copied.
      this.#pending = this.#pending ? all : Buffer.from(bytes);
      return undefined;
    }
    this.#pending = undefined;
    const head = parseAnswerHead(all.toString("latin1", 0, end));
    const rest = all.subarray(end + HEAD_END.length);
    if (head.status === 101) return this.#switch(head, rest);
    this.#begin(head);
    return rest;
  }

  /** What follows is no HTTP (RFC 9110 §15.2.2). */
  #switch(head: AnswerHead, rest: Buffer): undefined {
    if (this.#protocol === undefined) throw malformed("a protocol switch that was not asked for");
    if (!switchesTo(head, this.#protocol)) throw malformed("a switch to another protocol than was asked for");
    this.#state = OVER;
    this.#events.switched(head, Buffer.from(rest));
  }

  #begin(head: AnswerHead): void {
    const { status } = head;
    if (status < 200) {
      // It has no body (RFC 9110 §15.2): whoever says so counts the bytes that follow otherwise than we do.
      if (head.chunked || head.contentLength) throw malformed("an informational answer with a body");
      if (++this.#informed > MAX_INFORMED) throw malformed("too many informational answers");
      return this.#events.informed(status, head.headers);
    }
    this.#events.started(head);
    if (this.#toHead || status === 204 || status === 304 || head.contentLength === 0) this.#finish([]);
    else if (head.chunked) this.#state = { kind: "chunked", body: this.#chunkedBody() };
    else if (head.contentLength !== undefined)
      this.#state = { kind: "length", remaining: head.contentLength };
    else this.#state = UNTIL_CLOSE;
  }

  #chunkedBody(): ChunkedBody {
    return new ChunkedBody({
      data: (piece) => this.#events.data(piece),
      end: (trailers) => this.#finish(trailers),
      maxTrailerSize: MAX_HEAD_SIZE,
    });
  }

  #takeLength(bytes: Buffer, state: { remaining: number }): Buffer | undefined {
    const { remaining } = state;
    state.remaining -= Math.min(remaining, bytes.length);
    this.#events.data(bytes.length <= remaining ? bytes : bytes.subarray(0, remaining));
    if (state.remaining > 0) return undefined;
    this.#finish([]);
    return bytes.subarray(remaining);
  }

  #finish(trailers: string[]): void {
    this.#state = OVER;
    this.#events.ended(trailers);
  }
}

/** As far as it has come. */
function beginsAnswer(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, BEGINNING.length);
  return bytes.compare(BEGINNING, 0, length, 0, length) === 0;
}

/** `from`: what was before has been looked through. */
function hasBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(LINE_FEED, from); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at - 1] !== CARRIAGE_RETURN) return true;
  }
  return false;
}
