import type { Clock } from "../../core/clock.ts";
import type { NoticedObject } from "../../telemetry/channels.ts";
import { notice } from "../../telemetry/notice.ts";
import { noticedApplication } from "../../telemetry/noticed-object.ts";
import type { Finding } from "../../snapshot/finding.ts";
import type { LookedAt } from "./findings-watch.ts";

/** As many of an Application's findings become notices of their own. */
const MOST_NOTICES = 10;

/** Milliseconds until what still stands is told again: Events go when they were not seen for an hour. */
const REMINDER = 25 * 60_000;

interface Told {
  readonly findings: ReadonlySet<string>;
  /** Monotonic. */
  readonly at: number;
}

/** Tells what has been found to be wrong with an Application, seldom again until it is something else. */
export class FindingTeller {
  readonly #clock: Pick<Clock, "monotonic">;
  /** What was told of each Application with which something is wrong. */
  readonly #told = new Map<string, Told>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  tell({ application, findings, count, isChanged }: LookedAt): void {
    const { name, uid } = application.metadata;
    const at = this.#clock.monotonic();
    const last = this.#told.get(name);
    const reminds = last !== undefined && at - last.at >= REMINDER;
    if (!isChanged && !reminds) return;
    const object = noticedApplication(name, uid);
    if (count === 0) {
      this.#told.delete(name);
      return notice(object, "FindingsResolved", "what was wrong has been put right");
    }
    const before = reminds ? undefined : last?.findings;
    const now = new Set<string>();
    for (const finding of findings.slice(0, MOST_NOTICES)) {
      const text = findingText(finding);
      const key = `${finding.reason} ${text}`;
      now.add(key);
      if (before?.has(key) !== true) notice(object, finding.reason, text);
    }
    this.#tellRest(object, findings[MOST_NOTICES], count - MOST_NOTICES);
    this.#told.set(name, { findings: now, at: reminds || !last ? at : last.at });
  }

  forget(application: string): void {
    this.#told.delete(application);
  }

  #tellRest(object: NoticedObject, next: Finding | undefined, count: number): void {
    if (next)
      notice(object, next.reason, `${count} more findings: see appconn describe application ${object.name}`);
  }
}

/** The fault, and where it is: as one sentence. */
export function findingText({ service, entry, message }: Finding): string {
  if (!service) return message;
  const where =
    entry === undefined ? `service ${service.displayName}` : `service ${service.displayName}, API ${entry}`;
  return `${where}: ${message}`;
}
