import type { FinishedCall } from "../telemetry/channels.ts";
import type { ApiIdentity, CompiledApi, Refusal } from "../snapshot/compiled.ts";
import type { RequestHead } from "./request-head.ts";

/** Collects what `callFinished` publishes about one call. */
export class CallRecord {
  readonly #begun = performance.now();
  readonly #head: RequestHead;
  #upstreamBegun = 0;
  #upstreamMilliseconds = 0;
  api: CompiledApi | undefined;
  identity: ApiIdentity | undefined;
  refusal: Refusal | undefined;
  /** What broke after the answer had begun. */
  broken: string | undefined;
  hosted = false;
  attempts = 0;
  targetStatus: number | undefined;
  tokenCacheHit: boolean | undefined;

  constructor(head: RequestHead) {
    this.#head = head;
  }

  attemptBegins(): void {
    this.attempts++;
    this.#upstreamBegun = performance.now();
  }

  attemptEnds(): void {
    if (this.#upstreamBegun === 0) return;
    this.#upstreamMilliseconds += performance.now() - this.#upstreamBegun;
    this.#upstreamBegun = 0;
  }

  /** `status` is what the caller saw; undefined when it went away before. */
  finished(call: FinishedContext, status: number | undefined): FinishedCall {
    this.attemptEnds();
    const { api, identity, refusal } = this;
    const head = this.#head;
    return {
      listener: this.hosted ? "legacy" : call.listener,
      requestId: head.requestId ?? nextRequestId(),
      method: call.method,
      path: call.path,
      application: identity?.application,
      service: identity?.service,
      entry: identity?.entry,
      api: identity,
      status: status ?? 499,
      targetStatus: this.targetStatus,
      origin: refusal || status === undefined ? "gateway" : "target",
      gatewayError: refusal?.category,
      failure: refusal?.code,
      reason: refusal?.message ?? this.broken,
      attempts: this.attempts,
      tokenCacheHit: this.tokenCacheHit,
      credentialType: api?.provider.type,
      credentialSecret: api?.provider.secretName,
      tlsVerified: !(api?.skipVerify ?? false),
      accessToken: head.accessToken !== undefined,
      peer: call.peer,
      milliseconds: performance.now() - this.#begun,
      upstreamMilliseconds: this.#upstreamMilliseconds,
      traceparent: call.traceparent ?? head.traceparent,
    };
  }
}

/** What the record cannot know by itself; `traceparent` names our own span, where calls are traced. */
export type FinishedContext = Pick<FinishedCall, "listener" | "method" | "path" | "peer" | "traceparent">;

const PROCESS_PREFIX = `${process.pid.toString(36)}-${Date.now().toString(36)}-`;
let calls = 0;

/** Unique within this machine; only for logs, never sent to a target. */
function nextRequestId(): string {
  return PROCESS_PREFIX + (++calls).toString(36);
}
