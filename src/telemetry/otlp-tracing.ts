import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span as ApiSpan,
  type Tracer,
} from "@opentelemetry/api";
import type { BasicTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Clock } from "../core/clock.ts";
import { Failure, reasonOf } from "../core/failures.ts";
import { telemetryFailures } from "./failures.ts";
import { redactText } from "./redact.ts";
import type { SpanAttributes } from "./span-attributes.ts";
import { traceResource } from "./trace-resource.ts";
import { contextOf, traceparentOf } from "./trace-context.ts";
import type { Span, Tracing } from "./tracing.ts";
import { watchedExporter } from "./watched-exporter.ts";

/**
 * How long an export may take with its repetitions, unless OTEL_EXPORTER_OTLP_TIMEOUT says otherwise, and how
 * long the end of the process waits for the last one. Milliseconds.
 */
const PATIENCE = 3000;

export interface OtlpTracingOptions {
  /** Base address of an OTLP/HTTP collector. */
  readonly endpoint: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Called when exports begin to fail, and with undefined when they work again. */
  readonly onTrouble: (error: Error | undefined) => void;
}

/**
 * Spans through the OpenTelemetry SDK, which is loaded only here. Whether a call is sampled follows the
 * caller's sampled flag; OTEL_TRACES_SAMPLER and OTEL_BSP_* of the SDK apply. Spans wait in a bounded queue,
 * so a collector that is down or slow costs spans but never a call.
 */
export async function startOtlpTracing(options: OtlpTracingOptions): Promise<Tracing> {
  const url = tracesUrl(options.endpoint);
  const [sdk, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  const { OTEL_EXPORTER_OTLP_TIMEOUT: all, OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: traces } = options.environment;
  const timeout = (traces ?? all) === undefined ? { timeoutMillis: PATIENCE } : {};
  const exporter = watchedExporter(new OTLPTraceExporter({ url, ...timeout }), options.onTrouble);
  const provider = new sdk.BasicTracerProvider({
    resource: traceResource(options.version, options.environment),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  return new OtlpTracing(provider, options.clock);
}

/** OTLP 1.x §"OTLP/HTTP Request": the base address and `v1/traces`. */
function tracesUrl(endpoint: string): string {
  try {
    const url = new URL(endpoint);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError("it is no http or https address");
    url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
    return url.href;
  } catch (error) {
    const values = [redactText(endpoint), reasonOf(error)];
    const definition = telemetryFailures.TELEMETRY_TRACES_ENDPOINT;
    throw new Failure("TELEMETRY_TRACES_ENDPOINT", definition, values, { cause: error });
  }
}

class OtlpTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #clock: Clock;

  constructor(provider: BasicTracerProvider, clock: Clock) {
    this.#provider = provider;
    this.#tracer = provider.getTracer("application-connector");
    this.#clock = clock;
  }

  call(traceparent: string | undefined, tracestate: string | undefined): Span {
    const context = contextOf(traceparent, tracestate);
    return new OtlpSpan(this.#tracer, this.#tracer.startSpan("call", { kind: SpanKind.SERVER }, context));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _ = this.#clock.after(PATIENCE, resolve);
    // A failed last export has been reported by the exporter's watcher.
    await Promise.race([promise, this.#provider.shutdown().catch(() => {})]);
  }
}

class OtlpSpan implements Span {
  readonly #tracer: Tracer;
  readonly #span: ApiSpan;

  constructor(tracer: Tracer, span: ApiSpan) {
    this.#tracer = tracer;
    this.#span = span;
  }

  get traceparent(): string {
    return traceparentOf(this.#span.spanContext());
  }

  child(name: "token" | "csrf" | "target"): Span {
    const parent = trace.setSpan(ROOT_CONTEXT, this.#span);
    return new OtlpSpan(this.#tracer, this.#tracer.startSpan(name, { kind: SpanKind.CLIENT }, parent));
  }

  end(attributes: SpanAttributes = {}, failure?: string): void {
    if (this.#span.isRecording()) {
      const name = spanName(attributes);
      if (name !== undefined) this.#span.updateName(name);
      for (const [key, value] of Object.entries(attributes)) {
        this.#span.setAttribute(key, typeof value === "string" ? redactText(value) : value);
      }
      if (failure !== undefined) {
        this.#span.setStatus({ code: SpanStatusCode.ERROR, message: redactText(failure) });
      }
    }
    this.#span.end();
  }
}

/** `GET shop/orders`: few different names, as the conventions ask; a path would be a new one for each call. */
function spanName(attributes: SpanAttributes): string | undefined {
  const application = attributes["appconn.application"];
  if (application === undefined) return undefined;
  return `${attributes["http.request.method"]} ${application}/${attributes["appconn.service"] ?? ""}`;
}
