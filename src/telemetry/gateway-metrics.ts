import type { Clock } from "../core/clock.ts";
import { BreakerMetrics } from "./breaker-metrics.ts";
import { CallMetrics } from "./call-metrics.ts";
import {
  breakerChanged,
  cacheLookedUp,
  callFinished,
  callsInFlight,
  tokenFetched,
  tunnelEnded,
  tunnelsMoved,
  tunnelsOpen,
} from "./channels.ts";
import type { RelayedCounts } from "./relayed-counts.ts";
import { familyHead, labelText } from "./prometheus-text.ts";
import { TunnelMetrics } from "./tunnel-metrics.ts";

const PREFIX = "application_gateway";

/** What was not called for a day is forgotten. */
const ROUND = 3_600_000;
const ROUNDS_KEPT = 24;

export interface GatewayMetricsOptions {
  /** Whether histograms of durations carry the application label. */
  readonly durationsPerApplication: boolean;
  readonly clock: Clock;
}

/** The metrics of gateway spec §20, counted from the diagnostics channels until disposed of. */
export class GatewayMetrics implements Disposable {
  readonly #calls: CallMetrics;
  readonly #clock: Clock;
  readonly #tokenFetches = new Map<string, number>();
  readonly #lookups = { token: { hits: 0, misses: 0 }, csrf: { hits: 0, misses: 0 } };
  readonly #tunnels = new TunnelMetrics();
  readonly #breakers = new BreakerMetrics();
  readonly #subscriptions = new DisposableStack();
  /** What other processes have now, by their numbers. */
  readonly #elsewhere = new Map<number, Pick<RelayedCounts, "inFlight" | "openTunnels">>();
  readonly #answers = { "1.1": 0, "2": 0 };
  #inFlight = 0;
  #round: Disposable;

  constructor({ durationsPerApplication, clock }: GatewayMetricsOptions) {
    this.#calls = new CallMetrics(durationsPerApplication ? "by-application" : "total");
    this.#clock = clock;
    this.#round = this.#nextRound();
    this.#subscribe(callFinished, (call) => {
      this.#calls.record(call);
      if (call.targetProtocol) this.#answers[call.targetProtocol]++;
    });
    this.#subscribe(callsInFlight, ({ delta }) => void (this.#inFlight += delta));
    this.#subscribe(tunnelsOpen, ({ delta }) => this.#tunnels.opened(delta));
    this.#subscribe(tunnelEnded, (tunnel) => this.#tunnels.ended(tunnel));
    this.#subscribe(tunnelsMoved, (traffic) => this.#tunnels.moved(traffic));
    this.#subscribe(breakerChanged, (change) => this.#breakers.changed(change));
    this.#subscribe(cacheLookedUp, ({ cache, hit }) => void this.#lookups[cache][hit ? "hits" : "misses"]++);
    this.#subscribe(tokenFetched, ({ type, result }) => {
      const labels = labelText({ type, result });
      this.#countFetches(labels, 1);
    });
  }

  /** What the process of that number has counted since it was last heard of. */
  add(process: number, counts: RelayedCounts): void {
    const { calls, tunnels, tokenFetches, lookups, answers, inFlight, openTunnels } = counts;
    this.#elsewhere.set(process, { inFlight, openTunnels });
    this.#calls.add(calls);
    this.#tunnels.add(tunnels);
    for (const [labels, count] of tokenFetches) this.#countFetches(labels, count);
    for (const protocol of ["1.1", "2"] as const) this.#answers[protocol] += answers[protocol];
    for (const cache of ["token", "csrf"] as const) {
      this.#lookups[cache].hits += lookups[cache].hits;
      this.#lookups[cache].misses += lookups[cache].misses;
    }
  }

  /** That process has ended; what it has counted stays. */
  left(process: number): void {
    this.#elsewhere.delete(process);
  }

  /** What has been counted since it was last taken; nothing of it is kept. */
  take(): RelayedCounts {
    const tokenFetches = [...this.#tokenFetches];
    this.#tokenFetches.clear();
    const { token, csrf } = this.#lookups;
    const lookups = { token: { ...token }, csrf: { ...csrf } };
    for (const cache of [token, csrf]) Object.assign(cache, { hits: 0, misses: 0 });
    const answers = { ...this.#answers };
    Object.assign(this.#answers, { "1.1": 0, "2": 0 });
    const [calls, tunnels] = [this.#calls.take(), this.#tunnels.take()];
    return {
      calls,
      tunnels,
      tokenFetches,
      lookups,
      answers,
      inFlight: this.#inFlight,
      openTunnels: this.#tunnels.open,
    };
  }

  /** Pieces of the Prometheus text format. */
  *text(): Generator<string> {
    yield* this.#calls.text();
    const fetches = `${PREFIX}_token_fetch_total`;
    yield familyHead(fetches, "counter", "Requests to token and CSRF endpoints.");
    for (const [labels, count] of this.#tokenFetches) yield `${fetches}{${labels}} ${count}\n`;
    yield* this.#cacheText("hits", "Tokens found in a cache.");
    yield* this.#cacheText("misses", "Tokens not found in a cache.");
    yield familyHead(`${PREFIX}_inflight`, "gauge", "Calls that are being answered now.");
    const others = [...this.#elsewhere.values()];
    const inFlight = others.reduce((sum, other) => sum + other.inFlight, this.#inFlight);
    yield `${PREFIX}_inflight ${inFlight}\n`;
    const answers = `${PREFIX}_target_answers_total`;
    yield familyHead(answers, "counter", "Calls that a target answered, by the version of HTTP.");
    for (const [protocol, count] of Object.entries(this.#answers)) {
      yield `${answers}{${labelText({ protocol })}} ${count}\n`;
    }
    yield* this.#tunnels.text(others.reduce((sum, other) => sum + other.openTunnels, 0));
    yield* this.#breakers.text();
  }

  [Symbol.dispose](): void {
    this.#round[Symbol.dispose]();
    this.#subscriptions.dispose();
  }

  *#cacheText(kind: "hits" | "misses", help: string): Generator<string> {
    const name = `${PREFIX}_cache_${kind}_total`;
    yield familyHead(name, "counter", help);
    for (const [cache, counts] of Object.entries(this.#lookups)) {
      yield `${name}{${labelText({ cache })}} ${counts[kind]}\n`;
    }
  }

  #countFetches(labels: string, count: number): void {
    this.#tokenFetches.set(labels, (this.#tokenFetches.get(labels) ?? 0) + count);
  }

  #subscribe<Payload>(channel: Subscribable<Payload>, listener: (payload: Payload) => void): void {
    channel.subscribe(listener);
    this.#subscriptions.defer(() => channel.unsubscribe(listener));
  }

  #nextRound(): Disposable {
    return this.#clock.after(ROUND, () => {
      this.#calls.forgetUnused(ROUNDS_KEPT);
      this.#breakers.forgetClosed(ROUNDS_KEPT);
      this.#round = this.#nextRound();
    });
  }
}

interface Subscribable<Payload> {
  subscribe(listener: (payload: Payload) => void): void;
  unsubscribe(listener: (payload: Payload) => void): void;
}
