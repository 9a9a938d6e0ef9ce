/**
 * Spans as the data plane sees them. There is no Tracing at all unless an OTLP endpoint is configured, so
 * a call without tracing pays one undefined check.
 */
export interface Tracing extends AsyncDisposable {
  /** Starts the span of a call; `traceparent` and `tracestate` are the caller's headers. */
  call(traceparent: string | undefined, tracestate: string | undefined): Span;
}

export interface Span {
  /** W3C traceparent that names this span as the parent, to be sent to whoever is called under it. */
  readonly traceparent: string;
  child(name: "token" | "csrf" | "target"): Span;
  /** `failure` marks the span as failed; it holds no secret. */
  end(attributes?: Readonly<Record<string, string | number | boolean>>, failure?: string): void;
}
