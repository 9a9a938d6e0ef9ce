import type { IncomingMessage } from "node:http";
import type { Clock } from "../../core/clock.ts";
import { refusalAnswer } from "../answer.ts";
import { refused } from "../refused.ts";
import type { Endpoint } from "../router.ts";
import { SMALL_BODY } from "./large-work.ts";

/** Requests with a large body that are read and worked on at a time; each may need some fifty megabytes. */
const MOST = 8;

export interface LargeBodiesOptions {
  /** Milliseconds that a request waits for its turn. */
  readonly patience: number;
  readonly clock: Clock;
}

/**
 * Lets a few requests with large bodies in at a time. The others wait in their order, without their bodies being
 * read, so that memory is bounded whatever clients send.
 */
export class LargeBodies {
  readonly #options: LargeBodiesOptions;
  readonly #waiting = new Set<() => void>();
  #free = MOST;

  constructor(options: LargeBodiesOptions) {
    this.#options = options;
  }

  /** The endpoint for those that get their turn; the others are refused with REGISTRY_LARGE_BODIES. */
  bounded(endpoint: Endpoint): Endpoint {
    return async (call) => {
      if (!mayBeLarge(call.request)) return await endpoint(call);
      if (!(await this.#turn(call.request))) return refusalAnswer(refused("REGISTRY_LARGE_BODIES"));
      try {
        return await endpoint(call);
      } finally {
        this.#leave();
      }
    };
  }

  /** Whether it got one: not the request of a client that left, or that waited for too long. */
  async #turn(request: IncomingMessage): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const go = () => resolve(true);
    const giveUp = () => {
      if (this.#waiting.delete(go)) resolve(false);
    };
    const { clock, patience } = this.#options;
    this.#waiting.add(go);
    request.socket.once("close", giveUp);
    using _patience = clock.after(patience, giveUp);
    try {
      return await promise;
    } finally {
      request.socket.off("close", giveUp);
    }
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/** A body whose length is not told in advance may be. */
function mayBeLarge({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > SMALL_BODY;
}
