import { durationText } from "../core/duration.ts";
import type { ApiSettings } from "../core/resources/api-settings/api-settings.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { refusal } from "./failures.ts";
import type { ReceivedCall } from "./received-call.ts";

/**
 * Milliseconds that a caller goes on waiting for its credentials after its time is up: a request for them that
 * it has started itself ends by then, and says more of what went wrong.
 */
const LAST_WORD = 50;

/** The call whose time it is. */
export interface WaitingCall {
  /** Ends the request to the target that is under way. */
  cutAttempt(): void;
  giveUp(reason: Refusal, closeConnection: boolean): void;
}

/** Milliseconds. */
export interface WaitTimes {
  /** Until the head of the target's answer, credentials included. */
  readonly proxyTimeout: number;
  readonly requestTimeout: number;
  readonly streamIdleTimeout: number;
}

/** Those of an API; `general` where it has none of its own. */
export function waitTimes({ timeout, streamIdleTimeout }: ApiSettings, general: WaitTimes): WaitTimes {
  if (timeout === undefined && streamIdleTimeout === undefined) return general;
  return {
    proxyTimeout: timeout ?? general.proxyTimeout,
    requestTimeout: general.requestTimeout,
    streamIdleTimeout: streamIdleTimeout ?? general.streamIdleTimeout,
  };
}

/** What one call waits for, one thing at a time, and how it ends when that does not come (gateway spec §14). */
export class CallWaits {
  readonly #received: Pick<ReceivedCall, "deadline" | "response">;
  readonly #call: WaitingCall;
  /** The API's own, once it has been found. */
  times: WaitTimes;
  #begun = performance.now();
  /** Milliseconds that credentials and earlier attempts took of the time; whole ones stay off the heap. */
  #spent = 0;

  constructor(received: Pick<ReceivedCall, "deadline" | "response">, call: WaitingCall, times: WaitTimes) {
    this.#received = received;
    this.#call = call;
    this.times = times;
  }

  stop(): void {
    this.#received.deadline.stop();
  }

  /** Milliseconds until the head of the target's answer is due. */
  get due(): number {
    return this.times.proxyTimeout - this.#spent;
  }

  /** Milliseconds that an attempt after this one would have. */
  get left(): number {
    return this.times.proxyTimeout - (performance.now() - this.#begun);
  }

  /** The next attempt has as long as the first one had. */
  restart(): void {
    this.#begun = performance.now();
    this.#spent = 0;
  }

  /** Credentials took so many milliseconds of what is left. */
  spend(milliseconds: number): void {
    this.#spent += milliseconds;
  }

  /** The next attempt comes after so many milliseconds, and has what is left then. */
  pause(milliseconds: number, over: () => void): void {
    this.#received.deadline.arm(milliseconds, () => {
      this.goOn();
      over();
    });
  }

  /** The next attempt has what is left now. */
  goOn(): void {
    this.#spent = Math.ceil(performance.now() - this.#begun);
  }

  /** Calls `expired` when there has been time enough to hear what went wrong. */
  credentials(expired: () => void): void {
    this.#received.deadline.arm(this.due + LAST_WORD, expired);
  }

  /** The head of its answer is due within what the credentials have left. */
  target(): void {
    this.#received.deadline.arm(this.due, this.#targetTimedOut);
  }

  callerBody(): void {
    this.#received.deadline.arm(this.times.requestTimeout, this.#callerTooSlow);
  }

  /** What has been written leaves as fast as the caller reads. One that stops must not keep its connection. */
  reader(): void {
    const { response } = this.#received;
    // Behind the answer to an earlier call nothing leaves, however fast the caller reads.
    const isQueued = response.socket === null && !response.destroyed;
    if (isQueued) response.once("socket", () => this.reader());
    if (isQueued || response.writableFinished) return this.stop();
    this.#received.deadline.arm(this.times.streamIdleTimeout, this.#callerStalled);
  }

  /** The target paused in the body of its answer. */
  readonly targetStalled = (): void => {
    this.#end(refusal("GATEWAY_TARGET_STALLED", durationText(this.times.streamIdleTimeout)), false);
  };

  readonly #targetTimedOut = (): void => {
    this.#end(refusal("GATEWAY_TARGET_TIMEOUT", durationText(this.times.proxyTimeout)), false);
  };

  readonly #callerTooSlow = (): void => {
    this.#end(refusal("GATEWAY_CALLER_TOO_SLOW", durationText(this.times.requestTimeout)), true);
  };

  readonly #callerStalled = (): void => {
    this.#end(refusal("GATEWAY_CALLER_STALLED", durationText(this.times.streamIdleTimeout)), true);
  };

  #end(reason: Refusal, closeConnection: boolean): void {
    this.#call.cutAttempt();
    this.#call.giveUp(reason, closeConnection);
  }
}
