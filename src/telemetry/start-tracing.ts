import type { Clock } from "../core/clock.ts";
import type { Log } from "./log.ts";
import type { Tracing } from "./tracing.ts";

export interface TracingSurroundings {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Loads what traces need only where there is an endpoint; undefined where there is none. */
export async function startTracing(
  endpoint: string,
  context: TracingSurroundings,
  log: Log,
): Promise<Tracing | undefined> {
  if (endpoint === "") return undefined;
  const { startOtlpTracing } = await import("./otlp-tracing.ts");
  const onTrouble = (error: Error | undefined) =>
    error
      ? log.warn("traces cannot be exported; spans are lost", { endpoint, error })
      : log.info("traces are exported again", { endpoint });
  return startOtlpTracing({ ...context, endpoint, onTrouble });
}
