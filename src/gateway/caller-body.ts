import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { BodyStream } from "../outbound/outgoing-request.ts";
import type { MemoryBudget } from "./memory-budget.ts";

/** A body up to this size is read whole before the target is called: one write instead of a stream. */
const READ_WHOLE = 64 * 1024;

/** Pieces from this size on have memory of their own. */
const LARGE_PIECE = 16 * 1024;

export interface CallerBodyOptions {
  readonly contentLength: number | undefined;
  /** Bytes that are remembered so that the call can be repeated; 0 remembers nothing. */
  readonly remember: number;
  /** What all calls may remember together. A small body is read whole whatever is left of it. */
  readonly budget: MemoryBudget;
  /** The caller is to be told to send: it waits for `100 Continue`. */
  readonly tellToSend: () => void;
  /** Called when the body is now waited for (true) and when a piece of it has come (false). */
  readonly waiting: (forCaller: boolean) => void;
}

/** The body of a call on its way from the caller: streamed, and remembered up to a limit. */
export class CallerBody {
  readonly #request: IncomingMessage;
  readonly #options: CallerBodyOptions;
  #remembered: Buffer[] | undefined;
  #size = 0;
  /** Of the budget. */
  #taken = 0;
  #ended = false;
  #begun = false;
  #stream: Readable | undefined;
  #settled: PromiseWithResolvers<Buffer | undefined> | undefined;

  constructor(request: IncomingMessage, options: CallerBodyOptions) {
    this.#request = request;
    this.#options = options;
    this.#remembered = options.remember > 0 || this.isSmall ? [] : undefined;
  }

  get isSmall(): boolean {
    const { contentLength } = this.#options;
    return contentLength !== undefined && contentLength <= READ_WHOLE;
  }

  /** For the first attempt. Reading and back-pressure are the target's: the caller is read as fast as it takes. */
  stream(): BodyStream {
    this.#stream = new Readable({
      highWaterMark: READ_WHOLE,
      read: () => {
        this.#begin();
        if (!this.#ended) this.#options.waiting(true);
        this.#request.resume();
      },
    });
    return Object.assign(this.#stream, { release: (piece: Buffer) => this.#release(piece) });
  }

  /**
   * The whole body, waiting for what has not come yet; undefined when it is larger than what is
   * remembered, or when the caller broke off.
   */
  whole(): Promise<Buffer | undefined> {
    this.#settled ??= Promise.withResolvers();
    this.#stream = undefined;
    this.#begin();
    this.#settle();
    if (!this.#ended && this.#remembered) {
      this.#options.waiting(true);
      this.#request.resume();
    }
    return this.#settled.promise;
  }

  /** Lets go of what is remembered; the call is not repeated any more. */
  forget(): void {
    this.#remembered = undefined;
    this.#options.budget.give(this.#taken);
    this.#taken = 0;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#options.tellToSend();
    this.#request.on("data", (chunk: Buffer) => this.#took(chunk));
    this.#request.on("end", () => this.#end());
    this.#request.on("close", () => this.#close());
    this.#request.pause();
  }

  #took(chunk: Buffer): void {
    // Where the whole body is waited for, the next piece is waited for at once.
    this.#options.waiting(this.#stream === undefined);
    this.#size += chunk.length;
    if (this.#remembered) {
      if (this.isSmall || this.#mayRemember(chunk.length)) this.#remembered.push(chunk);
      else this.forget();
    }
    if (this.#stream && !this.#stream.destroyed && !this.#stream.push(chunk)) this.#request.pause();
    this.#settle();
  }

  /**
   * Gives the memory of a piece back at once, where it is not remembered: a large upload would otherwise leave
   * its own size behind for the garbage collector, which looks late for what lies outside of its heap.
   */
  #release(piece: Buffer): void {
    const { buffer } = piece;
    // Small pieces share their memory with others.
    const isWhole = buffer.byteLength === piece.length && piece.length >= LARGE_PIECE;
    if (!this.#remembered && isWhole && buffer instanceof ArrayBuffer) buffer.transfer(0);
  }

  #mayRemember(bytes: number): boolean {
    const { remember, budget } = this.#options;
    if (this.#size > remember || !budget.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  #end(): void {
    this.#ended = true;
    this.#options.waiting(false);
    if (this.#stream && !this.#stream.destroyed) this.#stream.push(null);
    this.#settle();
  }

  #close(): void {
    if (this.#ended) return;
    this.forget();
    this.#stream?.destroy(new Error("the caller broke off"));
    this.#settle();
  }

  #settle(): void {
    if (!this.#remembered) this.#settled?.resolve(undefined);
    else if (this.#ended) this.#settled?.resolve(Buffer.concat(this.#remembered));
  }
}
