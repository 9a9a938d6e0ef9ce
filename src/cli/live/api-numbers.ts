import { objectsAt, textAt, valueAt } from "../json-fields.ts";

/** One API in a table of what happens now. Rates are per second, durations in milliseconds. */
export interface ApiNumbers {
  /** Application, service and entry. */
  readonly names: readonly [string, string, string];
  readonly calls: number;
  readonly errors: number;
  readonly refused: number;
  readonly inFlight: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** The rates in one line of `/v1/live/calls`. */
export function apiNumbers(line: unknown): readonly ApiNumbers[] {
  const seconds = numberAt(line, "seconds") || 1;
  return objectsAt(line, "calls").map((row) => ({
    names: [textAt(row, "application") ?? "", textAt(row, "service") ?? "", textAt(row, "entry") ?? ""],
    calls: numberAt(row, "calls") / seconds,
    errors: numberAt(row, "errors") / seconds,
    refused: numberAt(row, "refused") / seconds,
    inFlight: numberAt(row, "inFlight"),
    p50: optionalAt(row, "p50"),
    p99: optionalAt(row, "p99"),
  }));
}

function numberAt(value: unknown, name: string): number {
  return optionalAt(value, name) ?? 0;
}

function optionalAt(value: unknown, name: string): number | undefined {
  const found = valueAt(value, name);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}
