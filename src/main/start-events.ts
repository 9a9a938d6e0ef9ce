import { hostname } from "node:os";
import { systemClock } from "../core/clock.ts";
import { kinds } from "../core/resources/kinds.ts";
import { EventWriter } from "../stores/event-writer.ts";
import { startCallNotices } from "../telemetry/call-notices.ts";
import type { Foundation } from "./foundation.ts";

/** Events of what the components notice, for as long as they run. */
export function startEvents({ store, telemetry }: Pick<Foundation, "store" | "telemetry">): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  stack.use(
    new EventWriter({
      store,
      kinds,
      clock: systemClock,
      instance: hostname(),
      warn: (message, fields) => telemetry.log.warn(message, fields),
    }),
  );
  stack.use(startCallNotices());
  return stack;
}
