import type { Socket } from "node:net";
import { headerValue, type FlatHeaders } from "../http/flat-headers.ts";
import { TransportError } from "../outbound/transport-error.ts";
import type { TargetPool } from "../outbound/target-pool.ts";
import type {
  ForwardedRequest,
  OutgoingRequest,
  ResponseReceiver,
  UpgradeOffer,
} from "../outbound/outgoing-request.ts";
import { ownPiece, type Piece } from "../outbound/http1/piece.ts";
import type { CallPermit } from "../snapshot/call-limits.ts";
import type { Answer } from "./answer.ts";
import type { CallRecord } from "./call-record.ts";
import type { Deadline } from "./deadline.ts";
import { passedTrailers, type RewrittenHead } from "./rewrite.ts";
import { answersUpgrade } from "./upgrade.ts";

/** The call that an exchange belongs to. */
export interface ExchangeOwner {
  /** Of the limits of its API, where it has any. */
  readonly permit: CallPermit | undefined;
  /** The head of the target's answer has come. */
  answered(status: number): void;
  /** Whether the call is made again instead of passing this answer on; undefined means no, without waiting. */
  repeats(status: number, headers: FlatHeaders): Promise<boolean> | undefined;
  /** ⑥ */
  rewrite(status: number, headers: FlatHeaders): RewrittenHead;
  /** Headers of the answer without what the caller may not know. */
  withhold(headers: FlatHeaders): FlatHeaders;
  /** The permit is in other hands: the call has become a tunnel. */
  handedOver(): void;
  /** The answer has been handed on to its end. */
  ended(): void;
  /** There will be no (further) answer. */
  failed(error: Error): void;
  /** The target paused in the body of its answer for longer than `streamIdleTimeout`. */
  stalled(): void;
  /** The target waits for the caller, which does not keep up. */
  heldBack(): void;
}

export interface ExchangeOptions {
  readonly owner: ExchangeOwner;
  readonly answer: Answer;
  readonly record: CallRecord;
  readonly deadline: Deadline;
  /** Milliseconds. */
  readonly streamIdleTimeout: number;
}

const NONE: FlatHeaders = [];

/** What has come of an answer while it is decided whether the call is repeated. */
interface HeldAnswer {
  readonly chunks: Buffer[];
  trailers: FlatHeaders | undefined;
  error: Error | undefined;
}

/** ⑤ One request to the target and its answer, streamed on to the caller unless the call is repeated. */
export class TargetExchange implements ResponseReceiver {
  readonly #options: ExchangeOptions;
  #forwarded: ForwardedRequest | undefined;
  #held: HeldAnswer | undefined;
  /** As the target sent them. */
  #headers: FlatHeaders = NONE;
  /** The target waits, and so its pauses are not its own. */
  #heldBack = false;
  #over = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  send(pool: TargetPool, request: OutgoingRequest): void {
    const { upgrading } = this.#options.answer;
    this.#forwarded = pool.forward(
      upgrading ? { ...request, upgrade: this.#offer(upgrading) } : request,
      this,
    );
  }

  /** Frees the target's connection; nothing more is heard of this exchange. */
  abort(): void {
    this.#over = true;
    this.#forwarded?.abort();
  }

  #offer(asked: FlatHeaders): UpgradeOffer {
    const protocol = headerValue(asked, "upgrade") ?? "";
    return { protocol, switched: (headers, target) => this.#switched(asked, headers, target) };
  }

  #switched(asked: FlatHeaders, headers: FlatHeaders, target: Socket): void {
    const { owner, answer, record } = this.#options;
    this.#over = true;
    if (!answersUpgrade(asked, headers)) {
      target.destroy();
      return owner.failed(new TransportError("MALFORMED_ANSWER", "its 101 is no answer to this request"));
    }
    owner.answered(101);
    answer.switches(owner.rewrite(101, headers), { target, call: record, permit: owner.permit });
    owner.handedOver();
    owner.ended();
  }

  informed(status: number, headers: FlatHeaders): void {
    const { answer, owner } = this.#options;
    answer.inform(status, owner.withhold(headers));
  }

  started(status: number, headers: FlatHeaders): void {
    const { owner, record } = this.#options;
    this.#moved();
    this.#headers = headers;
    record.targetProtocol = this.#forwarded?.protocol;
    owner.answered(status);
    const decision = owner.repeats(status, headers);
    if (!decision) return this.#options.answer.begin(owner.rewrite(status, headers), this.#later);
    const held: HeldAnswer = { chunks: [], trailers: undefined, error: undefined };
    this.#held = held;
    void decision.then((repeated) => (repeated ? this.abort() : this.#release(held, status, headers)));
  }

  /** Node tells each frame of HTTP/2 by itself, in one turn what it has read in one. */
  get #later() {
    return this.#forwarded?.protocol === "2" ? setImmediate : queueMicrotask;
  }

  received(chunk: Buffer, release: () => void): boolean {
    if (this.#held) {
      this.#held.chunks.push(chunk);
      return false;
    }
    this.#pass({ bytes: chunk, release });
    return !this.#heldBack;
  }

  ended(trailers: FlatHeaders): void {
    if (this.#held) {
      this.#held.trailers = trailers;
      return;
    }
    this.#over = true;
    const { answer, owner } = this.#options;
    answer.end(trailers.length === 0 ? trailers : passedTrailers(owner.withhold(trailers), this.#headers));
    owner.ended();
  }

  failed(error: Error): void {
    if (this.#held) {
      this.#held.error = error;
      return;
    }
    this.#over = true;
    this.#options.owner.failed(error);
  }

  /** The call is not repeated after all: what was held goes to the caller, in its order. */
  #release(held: HeldAnswer, status: number, headers: FlatHeaders): void {
    const { answer, owner } = this.#options;
    this.#held = undefined;
    answer.begin(owner.rewrite(status, headers));
    for (const chunk of held.chunks) this.#pass(ownPiece(chunk));
    if (held.error) this.failed(held.error);
    else if (held.trailers) this.ended(held.trailers);
    else if (!this.#heldBack) this.#resume();
  }

  #pass(piece: Piece): void {
    const { answer, owner } = this.#options;
    if (answer.write(piece)) return this.#moved();
    // What has been read already still comes.
    if (this.#heldBack) return;
    this.#heldBack = true;
    answer.onceRead(this.#resume);
    owner.heldBack();
  }

  readonly #resume = (): void => {
    this.#heldBack = false;
    if (this.#over) return;
    this.#moved();
    this.#forwarded?.resume();
  };

  #moved(): void {
    const { deadline, owner, streamIdleTimeout } = this.#options;
    deadline.arm(streamIdleTimeout, () => owner.stalled());
  }
}
