import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { connectionTokens, HOP_BY_HOP } from "../http/hop-by-hop.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import { peerAddress } from "../http/peer-address.ts";
import type { TargetPool } from "./target-pool.ts";
import type { ForwardedRequest, ResponseReceiver } from "./outgoing-request.ts";

export interface Forwarding {
  readonly pool: TargetPool;
  /** Host header of the upstream. */
  readonly host: string;
  /** Path and query as they are to stand on the wire. */
  readonly path: string;
  /** Lower-case names that go no further. */
  readonly dropped: ReadonlySet<string>;
  /** Milliseconds until the head of the answer. */
  readonly timeout: number;
  /** What the caller gets of the head of the answer. */
  readonly answer: (status: number, headers: FlatHeaders) => { status: number; headers: string[] };
  /** There is no answer. Called only while nothing of one has left. */
  readonly failed: (error: Error) => void;
}

/** Passes a request on to another server and streams its answer back; both directions hold back what is slow. */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  forwarding: Forwarding,
): void {
  new Forward(request, response, forwarding).start();
}

class Forward implements ResponseReceiver {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #forwarding: Forwarding;
  #forwarded: ForwardedRequest | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding) {
    this.#request = request;
    this.#response = response;
    this.#forwarding = forwarding;
  }

  start(): void {
    const { pool, path, timeout } = this.#forwarding;
    const request = this.#request;
    const hasBody =
      request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
    this.#response.once("close", () => {
      clearTimeout(this.#timer);
      this.#forwarded?.abort();
    });
    this.#timer = setTimeout(() => this.#expire(), timeout);
    this.#forwarded = pool.forward(
      {
        method: request.method ?? "GET",
        path,
        headers: this.#headers(),
        body: hasBody ? detached(request) : undefined,
      },
      this,
    );
  }

  informed(): void {}

  started(status: number, headers: FlatHeaders): void {
    clearTimeout(this.#timer);
    const answer = this.#forwarding.answer(status, withoutHopByHop(headers));
    this.#response.writeHead(answer.status, answer.headers);
  }

  received(chunk: Buffer, release: () => void): boolean {
    if (this.#response.write(chunk, release)) return true;
    this.#response.once("drain", () => this.#forwarded?.resume());
    return false;
  }

  ended(): void {
    this.#response.end();
  }

  failed(error: Error): void {
    clearTimeout(this.#timer);
    // Too late for another answer: the caller must see that this one is not whole.
    if (this.#response.headersSent) this.#response.destroy();
    else this.#forwarding.failed(error);
  }

  #expire(): void {
    this.#forwarded?.abort();
    this.failed(new Error("the answer took too long"));
  }

  #headers(): string[] {
    const { host, dropped } = this.#forwarding;
    const passed = withoutHopByHop(this.#request.rawHeaders);
    const headers = ["Host", host];
    const addresses: string[] = [];
    for (let index = 0; index < passed.length; index += 2) {
      const name = passed[index] as string;
      const value = passed[index + 1] as string;
      const lowerCase = name.toLowerCase();
      if (lowerCase === "x-forwarded-for") addresses.push(value);
      else if (!NEVER_PASSED.has(lowerCase) && !dropped.has(lowerCase)) headers.push(name, value);
    }
    const peer = peerAddress(this.#request.socket);
    if (peer !== undefined) addresses.push(peer);
    if (addresses.length > 0) headers.push("X-Forwarded-For", addresses.join(", "));
    return headers;
  }
}

/** A failed exchange destroys its body, and destroying the request itself would cut the caller before its answer. */
function detached(request: IncomingMessage): Readable {
  const body = new PassThrough();
  request.pipe(body);
  request.once("close", () => {
    if (!request.complete) body.destroy(new Error("the caller broke off"));
  });
  return body;
}

/** The upstream gets a Host of its own; Node has answered `100-continue` itself. */
const NEVER_PASSED = new Set(["host", "expect"]);

function withoutHopByHop(headers: FlatHeaders): string[] {
  const named = connectionTokens(headers);
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const lowerCase = (headers[index] as string).toLowerCase();
    if (HOP_BY_HOP.has(lowerCase) || named?.has(lowerCase)) continue;
    kept.push(headers[index] as string, headers[index + 1] as string);
  }
  return kept;
}
