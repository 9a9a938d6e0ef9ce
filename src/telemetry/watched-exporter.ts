import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-node";

type ExportResult = Parameters<Parameters<SpanExporter["export"]>[1]>[0];

/** SUCCESS of the SDK's ExportResultCode, which is not exported where we may import. */
const SUCCESS = 0;

/** Tells once when exports begin to fail, and once when they work again; the SDK itself says nothing. */
export function watchedExporter(
  exporter: SpanExporter,
  onTrouble: (error: Error | undefined) => void,
): SpanExporter {
  let failing = false;
  const watch = (result: ExportResult) => {
    const code: number = result.code;
    const fails = code !== SUCCESS;
    if (fails === failing) return;
    failing = fails;
    onTrouble(fails ? (result.error ?? new Error("the export failed")) : undefined);
  };
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
      exporter.export(spans, (result) => {
        watch(result);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
