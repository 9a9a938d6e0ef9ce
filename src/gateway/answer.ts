import type { ServerResponse } from "node:http";
import { headerValue, type FlatHeaders } from "../http/flat-headers.ts";
import type { Piece } from "../outbound/http1/piece.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { ALLOWED_METHODS } from "./allowed-methods.ts";
import { refusalBody } from "./failures.ts";
import { leavesUnread } from "./leaves-unread.ts";
import { informationHeaders, type RewrittenHead } from "./rewrite.ts";
import { UpgradeResponse, type SwitchedCall } from "./upgrade-response.ts";

/** Up to this size a body joins its head in one string and one write, which saves a tenth of a small call. */
const JOIN_LIMIT = 16 * 1024;

/** More informational answers than this are a target's mistake or malice, and are not passed on. */
const INFORMED_LIMIT = 16;

/**
 * The answer on its way to the caller. The head waits until the target's first read has been digested, so
 * that a small answer leaves in one write; whatever comes later leaves at once, so that server-sent events
 * are not delayed.
 */
export class Answer {
  readonly #response: ServerResponse;
  readonly #method: string;
  readonly #phase: { readonly draining: boolean };
  #head: RewrittenHead | undefined;
  #first: Piece | undefined;
  #informed = 0;
  /** Status that the caller sees; undefined before it is decided. */
  status: number | undefined;

  constructor(response: ServerResponse, method: string, phase: { readonly draining: boolean }) {
    this.#response = response;
    this.#method = method;
    this.#phase = phase;
  }

  /** Something has left for the caller: it is too late for another answer. */
  get begun(): boolean {
    return this.#response.headersSent;
  }

  /**
   * Passes an informational answer on (RFC 9110 §15.2). A 100 is about the body on its way to the target; the
   * caller's own expectation is answered when its body is read. HTTP/1.0 knows none of them.
   */
  inform(status: number, headers: FlatHeaders): void {
    if (status === 100 || this.begun || this.#response.req.httpVersionMinor === 0) return;
    if (this.#informed++ < INFORMED_LIMIT)
      this.#response.writeInformation(status, informationHeaders(headers));
  }

  /** The headers of a request that wants another protocol in place of its answer; undefined for any other. */
  get upgrading(): FlatHeaders | undefined {
    return this.#response instanceof UpgradeResponse ? this.#response.req.rawHeaders : undefined;
  }

  /** The target speaks the other protocol: its connection is joined to the caller's behind this head. */
  switches({ status, headers }: RewrittenHead, switched: SwitchedCall): void {
    const response = this.#response as UpgradeResponse;
    const protocol = headerValue(response.req.rawHeaders, "upgrade") ?? "";
    this.status = status;
    this.#writeHead(status, [...headers, "Connection", "Upgrade", "Upgrade", protocol]);
    response.switches(switched);
  }

  /** `later` lets whatever the target has sent together with its head come first. */
  begin(head: RewrittenHead, later: (flush: () => void) => void = queueMicrotask): void {
    this.#head = head;
    this.status = head.status;
    later(() => this.#flush());
  }

  /** Answers false when the caller does not keep up: then `onceRead` tells when it does. */
  write(piece: Piece): boolean {
    if (this.#head && !this.#first) {
      this.#first = piece;
      return true;
    }
    this.#flush();
    return this.#response.write(piece.bytes, piece.release);
  }

  onceRead(resume: () => void): void {
    this.#response.once("drain", resume);
  }

  end(trailers: readonly string[]): void {
    if (this.#head && trailers.length === 0) return this.#endAtOnce(this.#head);
    this.#flush();
    if (trailers.length > 0) this.#response.addTrailers(pairs(trailers));
    this.#response.end();
  }

  /** The gateway's own answer: JSON in the original's form, marked by X-Gateway-Error (gateway spec §15). */
  refuse(refusal: Refusal, closeConnection: boolean): void {
    this.#head = undefined;
    this.status = refusal.status;
    const body = refusalBody(refusal);
    const headers = [
      "Content-Type",
      "application/json;charset=UTF-8",
      "X-Gateway-Error",
      refusal.category,
      "Content-Length",
      String(Buffer.byteLength(body)),
    ];
    if (refusal.retryAfter !== undefined) headers.push("Retry-After", String(refusal.retryAfter));
    // RFC 9110 §15.5.2 wants it said what would do.
    if (refusal.status === 401) headers.push("WWW-Authenticate", "Bearer");
    if (refusal.status === 405) headers.push("Allow", ALLOWED_METHODS);
    if (closeConnection) headers.push("Connection", "close");
    this.#writeHead(refusal.status, headers);
    this.#response.end(body);
  }

  /** Cuts the connection, so that the caller sees that the answer is not whole. */
  cut(): void {
    this.#response.destroy();
  }

  #endAtOnce(head: RewrittenHead): void {
    const { headers, status } = head;
    const piece = this.#first;
    const body = piece?.bytes;
    this.#head = undefined;
    this.#first = undefined;
    if (this.#mayHaveBody(status) && headerValue(headers, "content-length") === undefined) {
      headers.push("Content-Length", String(body?.length ?? 0));
    }
    this.#writeHead(status, headers);
    if (!body) {
      this.#response.end();
    } else if (body.length > JOIN_LIMIT) {
      this.#response.end(body, piece.release);
    } else {
      this.#response.end(body.toString("latin1"), "latin1");
      piece.release();
    }
  }

  #flush(): void {
    const head = this.#head;
    if (!head || this.#response.destroyed) return;
    const first = this.#first;
    this.#head = undefined;
    this.#first = undefined;
    this.#writeHead(head.status, head.headers);
    if (first) this.#response.write(first.bytes, first.release);
    // `flushHeaders` would write bytes beyond ASCII as UTF-8. What has no body has its end, which sends the head.
    else if (this.#mayHaveBody(head.status)) this.#response.write("", "latin1");
  }

  #writeHead(status: number, headers: string[]): void {
    // Node then says `Connection: close`: a caller must not send another call to a process that is leaving, nor
    // behind a body that is not read.
    if (this.#phase.draining || leavesUnread(this.#response.req)) this.#response.shouldKeepAlive = false;
    this.#response.writeHead(status, headers);
  }

  #mayHaveBody(status: number): boolean {
    return this.#method !== "HEAD" && status !== 204 && status !== 304;
  }
}

function pairs(flat: FlatHeaders): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index < flat.length; index += 2) {
    result.push([flat[index] as string, flat[index + 1] as string]);
  }
  return result;
}
