import { meshIdentity } from "../http/mesh-identity.ts";
import type { HttpVersion } from "../outbound/outgoing-request.ts";
import type { ApiIdentity, CompiledApi, Refusal } from "../snapshot/compiled.ts";
import {
  callAddressed,
  callFinished,
  callsInFlight,
  type FinishedCall,
  type GatewayErrorCategory,
} from "../telemetry/channels.ts";
import { callAttributes, targetAttributes } from "../telemetry/span-attributes.ts";
import type { Span, Tracing } from "../telemetry/tracing.ts";
import type { RequestHead } from "./request-head.ts";

/** What is known of a call when it comes in. */
export type ReceivedFacts = Pick<FinishedCall, "listener" | "method" | "path" | "peer">;

/** Collects what happened to one call and traces it. It is itself what `callFinished` publishes: nothing is copied. */
export class CallRecord implements FinishedCall {
  /** A host-addressed call turns out to be one when it is resolved. */
  listener: FinishedCall["listener"];
  readonly method: string;
  readonly path: string;
  readonly peer: string | undefined;
  readonly requestId: string;
  readonly accessToken: boolean;
  attempts = 0;
  targetStatus: number | undefined;
  targetProtocol: HttpVersion | undefined;
  tokenCacheHit: boolean | undefined;
  /** Names the caller's span, or our own where calls are traced. */
  traceparent: string | undefined;
  status = 499;
  milliseconds = 0;
  upstreamMilliseconds = 0;
  compiled: CompiledApi | undefined;
  api: ApiIdentity | undefined;
  refusal: Refusal | undefined;
  /** What broke after the answer had begun. */
  broken: string | undefined;
  /** Only where calls are traced. */
  span: Span | undefined;
  /** Of the request to the target that is under way. */
  targetSpan: Span | undefined;
  readonly #clientCertificate: string | undefined;
  #answered = false;
  readonly #begun = performance.now();
  #upstreamBegun = 0;

  constructor({ listener, method, path, peer }: ReceivedFacts, head: RequestHead) {
    this.listener = listener;
    this.method = method;
    this.path = path;
    this.peer = peer;
    this.requestId = head.requestId ?? nextRequestId();
    this.accessToken = head.accessToken !== undefined;
    this.traceparent = head.traceparent;
    this.#clientCertificate = head.clientCertificate;
  }

  get application(): string | undefined {
    return this.api?.application;
  }

  get service(): string | undefined {
    return this.api?.service;
  }

  get entry(): string | undefined {
    return this.api?.entry;
  }

  get origin(): "gateway" | "target" {
    return this.refusal || !this.#answered ? "gateway" : "target";
  }

  get gatewayError(): GatewayErrorCategory | undefined {
    return this.refusal?.category;
  }

  get failure(): string | undefined {
    return this.refusal?.code;
  }

  get reason(): string | undefined {
    return this.refusal?.message ?? this.broken;
  }

  /** Read only where an audit record is written. */
  get callerIdentity(): string | undefined {
    return this.#clientCertificate === undefined ? undefined : meshIdentity(this.#clientCertificate);
  }

  /** With an Access-Token the registered credential is not used (gateway spec §8.1). */
  get credentialType(): string | undefined {
    return this.accessToken ? undefined : this.compiled?.provider.type;
  }

  get credentialSecret(): string | undefined {
    return this.accessToken ? undefined : this.compiled?.provider.secretName;
  }

  get tlsVerified(): boolean {
    return this.compiled?.tls.verify ?? true;
  }

  found(api: CompiledApi): void {
    this.compiled = api;
    this.api = api.identity;
    if (callAddressed.hasSubscribers) callAddressed.publish(this);
  }

  begins(tracing: Tracing | undefined, head: RequestHead): void {
    callsInFlight.publish({ delta: 1 });
    this.span = tracing?.call(head.traceparent, head.tracestate);
  }

  attemptBegins(): void {
    this.attempts++;
    this.#upstreamBegun = performance.now();
    this.targetSpan = this.span?.child("target");
  }

  /** `error` is why it brought no answer. Does nothing where none is under way. */
  attemptEnds(error?: Error): void {
    if (this.#upstreamBegun === 0) return;
    this.upstreamMilliseconds += performance.now() - this.#upstreamBegun;
    this.#upstreamBegun = 0;
    if (this.targetSpan) this.#endTargetSpan(this.targetSpan, error);
  }

  /** The last thing to happen. `status` is what the caller saw; undefined when it went away before. */
  ends(status: number | undefined): void {
    this.attemptEnds();
    this.milliseconds = performance.now() - this.#begun;
    this.#answered = status !== undefined;
    if (status !== undefined) this.status = status;
    if (this.span) {
      this.traceparent = this.span.traceparent;
      this.span.end(callAttributes(this), this.failure);
    }
    callsInFlight.publish({ delta: -1 });
    callFinished.publish(this);
  }

  #endTargetSpan(span: Span, error: Error | undefined): void {
    span.end(targetAttributes(this), error?.message);
    this.targetSpan = undefined;
  }
}

const PROCESS_PREFIX = `${process.pid.toString(36)}-${Date.now().toString(36)}-`;
let calls = 0;

/** Unique within this machine; only for logs, never sent to a target. */
function nextRequestId(): string {
  return PROCESS_PREFIX + (++calls).toString(36);
}
