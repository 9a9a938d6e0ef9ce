import type { Clock } from "../core/clock.ts";

/** Now, as Kubernetes writes times: RFC 3339, UTC, whole seconds. */
export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
}
