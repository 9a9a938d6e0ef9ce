import type { FinishedCall } from "./channels.ts";
import { DurationHistogram, type DurationCounts } from "./duration-histogram.ts";
import { familyHead, labelText } from "./prometheus-text.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
const OTHER_METHOD = "OTHER";

const PREFIX = "application_gateway";

interface EntryCounts {
  readonly labels: string;
  /** By `countKey`. */
  readonly counts: Map<number, number>;
  usedIn: number;
}

interface ApplicationCounts {
  readonly labels: string;
  /** By service, by entry. */
  readonly services: Map<string, Map<string, EntryCounts>>;
  readonly request: DurationHistogram;
  readonly upstream: DurationHistogram;
  /** By code of the failure tables: those of the product, so there are a few dozen at most. */
  readonly refusals: Map<string, number>;
  retries: number;
}

/** What was counted of calls, as plain data. */
export interface CallCounts {
  readonly applications: readonly {
    readonly name: string;
    readonly entries: readonly {
      readonly service: string;
      readonly entry: string;
      /** By `countKey`. */
      readonly counts: readonly (readonly [number, number])[];
    }[];
    readonly request: DurationCounts;
    readonly upstream: DurationCounts;
    readonly refusals: readonly (readonly [string, number])[];
    readonly retries: number;
  }[];
  readonly total: { readonly request: DurationCounts; readonly upstream: DurationCounts };
}

/**
 * Counts calls by Application, service, entry, method, status and origin. Plain numbers in nested maps:
 * prom-client hashes the labels for every increment, which costs more than everything else here. Durations
 * are kept by Application alone, because a histogram is sixteen series.
 *
 * Names of unknown Applications never get here (FinishedCall), methods are limited to the known ones, and
 * what was not called for long is forgotten, so deleted Applications disappear and memory is bounded by what
 * is in use.
 */
export class CallMetrics {
  readonly #applications = new Map<string, ApplicationCounts>();
  readonly #durations: "by-application" | "total";
  readonly #total = { request: new DurationHistogram(), upstream: new DurationHistogram() };
  #round = 0;

  constructor(durations: "by-application" | "total") {
    this.#durations = durations;
  }

  record(call: FinishedCall): void {
    const application = this.#application(call.application ?? "");
    const entry = entryOf(application, call);
    this.#count(entry, countKey(call), 1);
    if (call.failure !== undefined) refuse(application, call.failure, 1);
    const durations = this.#durations === "total" ? this.#total : application;
    durations.request.observe(call.milliseconds / 1000);
    if (call.attempts === 0) return;
    durations.upstream.observe(call.upstreamMilliseconds / 1000);
    application.retries += call.attempts - 1;
  }

  /** What was counted elsewhere. */
  add({ applications, total }: CallCounts): void {
    for (const { name, entries, request, upstream, refusals, retries } of applications) {
      const application = this.#application(name);
      for (const [failure, count] of refusals) refuse(application, failure, count);
      application.request.add(request);
      application.upstream.add(upstream);
      application.retries += retries;
      for (const { service, entry, counts } of entries) {
        const known = entryOf(application, { service, entry });
        for (const [key, count] of counts) this.#count(known, key, count);
      }
    }
    this.#total.request.add(total.request);
    this.#total.upstream.add(total.upstream);
  }

  /** What has been counted since it was last taken; nothing of it is kept. */
  take(): CallCounts {
    const applications = Array.from(this.#applications, ([name, application]) => ({
      name,
      entries: [...entriesOf(application)],
      request: application.request.take(),
      upstream: application.upstream.take(),
      refusals: [...application.refusals],
      retries: application.retries,
    }));
    this.#applications.clear();
    const { request, upstream } = this.#total;
    return { applications, total: { request: request.take(), upstream: upstream.take() } };
  }

  /** Forgets what was not called in the last `rounds` calls of this method. */
  forgetUnused(rounds: number): void {
    this.#round++;
    for (const [name, application] of this.#applications) {
      for (const [service, entries] of application.services) {
        for (const [entry, { usedIn }] of entries) {
          if (this.#round - usedIn > rounds) entries.delete(entry);
        }
        if (entries.size === 0) application.services.delete(service);
      }
      if (application.services.size === 0) this.#applications.delete(name);
    }
  }

  /** Pieces of the Prometheus text format. Calls may be recorded while they are taken. */
  *text(): Generator<string> {
    yield* this.#requests();
    yield* this.#refusals();
    yield* this.#histograms("request", "Time from a call's arrival to the end of its answer.");
    yield* this.#histograms("upstream", "Time that targets took, over all attempts of a call.");
    const name = `${PREFIX}_retries_total`;
    yield familyHead(name, "counter", "Calls repeated after 401 or 403.");
    for (const { labels, retries } of this.#applications.values()) yield `${name}{${labels}} ${retries}\n`;
  }

  *#requests(): Generator<string> {
    const name = `${PREFIX}_requests_total`;
    yield familyHead(name, "counter", "Calls through the gateway, by what was called and what was answered.");
    for (const application of this.#applications.values()) {
      for (const entries of application.services.values()) {
        for (const { labels, counts } of entries.values()) {
          for (const [key, count] of counts) yield `${name}{${labels},${countLabels(key)}} ${count}\n`;
        }
      }
    }
  }

  *#refusals(): Generator<string> {
    const name = `${PREFIX}_refusals_total`;
    yield familyHead(name, "counter", "Calls that the gateway itself answered, by the code of the reason.");
    for (const { labels, refusals } of this.#applications.values()) {
      for (const [failure, count] of refusals) yield `${name}{${labels},failure="${failure}"} ${count}\n`;
    }
  }

  *#histograms(kind: "request" | "upstream", help: string): Generator<string> {
    const name = `${PREFIX}_${kind}_duration_seconds`;
    yield familyHead(name, "histogram", help);
    if (this.#durations === "total") {
      yield this.#total[kind].text(name, "");
    } else {
      for (const application of this.#applications.values()) {
        yield application[kind].text(name, application.labels);
      }
    }
  }

  #count(entry: EntryCounts, key: number, count: number): void {
    entry.counts.set(key, (entry.counts.get(key) ?? 0) + count);
    entry.usedIn = this.#round;
  }

  #application(name: string): ApplicationCounts {
    const known = this.#applications.get(name);
    if (known) return known;
    const application = {
      labels: labelText({ application: name }),
      services: new Map(),
      request: new DurationHistogram(),
      upstream: new DurationHistogram(),
      refusals: new Map(),
      retries: 0,
    };
    this.#applications.set(name, application);
    return application;
  }
}

function refuse({ refusals }: ApplicationCounts, failure: string, count: number): void {
  refusals.set(failure, (refusals.get(failure) ?? 0) + count);
}

function* entriesOf({ services }: ApplicationCounts) {
  for (const [service, entries] of services) {
    for (const [entry, { counts }] of entries) yield { service, entry, counts: [...counts] };
  }
}

function entryOf(
  application: ApplicationCounts,
  { service = "", entry = "" }: Pick<FinishedCall, "service" | "entry">,
): EntryCounts {
  const known = application.services.get(service)?.get(entry);
  if (known) return known;
  const entries = application.services.get(service) ?? new Map<string, EntryCounts>();
  application.services.set(service, entries);
  const labels = `${application.labels},${labelText({ service, entry })}`;
  const created: EntryCounts = { labels, counts: new Map(), usedIn: 0 };
  entries.set(entry, created);
  return created;
}

/** Method, status and origin as one number: (method · 1000 + status) · 2 + origin. */
function countKey({ method, status, origin }: FinishedCall): number {
  const index = METHODS.indexOf(method);
  const known = index < 0 ? METHODS.length : index;
  return (known * 1000 + (status % 1000)) * 2 + (origin === "gateway" ? 0 : 1);
}

function countLabels(key: number): string {
  const origin = key % 2 === 0 ? "gateway" : "target";
  const rest = Math.floor(key / 2);
  const method = METHODS[Math.floor(rest / 1000)] ?? OTHER_METHOD;
  return `method="${method}",code="${rest % 1000}",origin="${origin}"`;
}
