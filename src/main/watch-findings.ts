import { systemClock } from "../core/clock.ts";
import { findingText, FindingTeller } from "../gateway/inspection/finding-teller.ts";
import { FindingsWatch, type LookedAt } from "../gateway/inspection/findings-watch.ts";
import type { Inspection } from "../gateway/inspection/inspection.ts";
import { ApplicationConditions } from "../operator/application-conditions.ts";
import type { Judgement } from "../operator/finding-condition.ts";
import type { Foundation } from "./foundation.ts";

/** How many findings a condition names; the rest is counted. */
const MOST_NAMED = 3;

/** Looks at every Application, and again when it changes: findings become notices and conditions. */
export function watchFindings(
  { options, store, telemetry }: Foundation,
  inspection: Inspection,
): AsyncDisposable {
  const { log } = telemetry;
  const teller = new FindingTeller(systemClock);
  const conditions = options.operator.conditions
    ? new ApplicationConditions({
        store,
        clock: systemClock,
        warn: (message, fields) => log.warn(message, fields),
      })
    : undefined;
  const watch = new FindingsWatch({
    inspection,
    clock: systemClock,
    looked: (found) => {
      teller.tell(found);
      conditions?.judged(found.application, judgementOf(found));
    },
    gone: (name) => {
      teller.forget(name);
      conditions?.forget(name);
    },
    surprised: (error) => log.error("an Application could not be looked at", { error }),
  });
  const unsubscribe = inspection.onRefreshed((name) => watch.touch(name));
  for (const name of inspection.names()) watch.touch(name);
  return {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      watch.close();
      await conditions?.close();
    },
  };
}

function judgementOf({ findings, count, worst }: LookedAt): Judgement | undefined {
  const [first] = findings;
  if (!first) return undefined;
  // What stops calls comes first.
  const named = [...new Set([worst ?? first, ...findings])].slice(0, MOST_NAMED).map(findingText);
  const rest = count - named.length;
  const message = [...named, ...(rest > 0 ? [`and ${rest} more findings`] : [])].join("; ");
  return { reason: (worst ?? first).reason, message, isError: worst !== undefined };
}
