import { createTraceState, isSpanContextValid, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { Context, SpanContext } from "@opentelemetry/api";

// W3C Trace Context §3.2: version ff is forbidden, version 00 has nothing after the flags.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The context that the headers of a caller name; the empty one when they are missing or malformed. */
export function contextOf(traceparent: string | undefined, tracestate: string | undefined): Context {
  const match = TRACEPARENT.exec(traceparent ?? "");
  if (!match) return ROOT_CONTEXT;
  const [, version, traceId = "", spanId = "", flags = "", more] = match;
  if (version === "00" && more !== undefined) return ROOT_CONTEXT;
  const parent: SpanContext = {
    traceId,
    spanId,
    // Only the sampled flag is known to version 00.
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate ? { traceState: createTraceState(tracestate) } : {}),
  };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** The header that names a span as the parent. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & 1}`;
}
