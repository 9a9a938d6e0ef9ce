import { systemClock } from "../../core/clock.ts";
import { shareFingerprints } from "../../credentials/fingerprint.ts";
import { LimitStates } from "../../gateway/limits/limit-states.ts";
import { startGateway, type Gateway } from "../../gateway/start.ts";
import { readProxyEnvironment } from "../../outbound/proxy-environment.ts";
import { RelayedLive } from "../../telemetry/live/relay-live.ts";
import { startCallNotices } from "../../telemetry/call-notices.ts";
import { noticed, type Notice } from "../../telemetry/channels.ts";
import { startWorkerTelemetry, type WorkerTelemetry } from "../../telemetry/worker-telemetry.ts";
import { arrivingConnections } from "./arriving-connections.ts";
import { logPipe } from "./log-pipes.ts";
import type { WorkerStart } from "./messages.ts";
import type { PrimaryLink } from "./primary-link.ts";
import { RelayedRequests } from "./relayed-requests.ts";
import { RelayedStore } from "./relayed-store.ts";

/** How often a worker says that it lives, and what it has counted. Milliseconds. */
const PULSE = 1000;

/** In the time between two of them. */
const MOST_NOTICES = 100;

/** Serves calls for the primary process until that says to stop. Rejects when it cannot begin. */
export async function serveAsWorker(start: WorkerStart, link: PrimaryLink): Promise<void> {
  shareFingerprints(start.fingerprintKey);
  const clock = systemClock;
  const telemetry = await startWorkerTelemetry(start.telemetry, {
    clock,
    outlet: logPipe,
    environment: process.env,
  });
  const notices = relayNotices(link);
  link.on("log-level", ({ level }) => telemetry.level.set(level));
  link.on("scrape", ({ scrape }) => void answerScrape(scrape, telemetry, link));
  const live = new RelayedLive(clock, {
    frame: (frame) => link.send({ type: "live-frame", frame }),
    lines: (lines) => link.send({ type: "live-lines", lines }),
  });
  link.on("live", ({ wanted }) => live.want(wanted));
  const pulse = setInterval(() => {
    notices.begin();
    link.send({ type: "alive", counts: telemetry.takeCounts() });
  }, PULSE);
  const gateway = await startGateway({
    store: new RelayedStore(link),
    options: start.gateway,
    outbound: start.outbound,
    proxies: readProxyEnvironment(process.env),
    tracing: telemetry.tracing,
    clock,
    limits: sharedLimits(start, link),
    sharing: new RelayedRequests(link, clock),
    arrivals: arrivingConnections(link, start.ports),
    // All compile the same, and the primary process tells what is wrong with it.
    warn: (message, fields) => {
      if (!("application" in fields)) telemetry.log.warn(message, fields);
    },
  });
  link.on("stop", () => {
    clearInterval(pulse);
    live[Symbol.dispose]();
    void stop(gateway, telemetry, link);
  });
  link.send({ type: "ready" });
}

/** What calls tell of an API goes to whoever writes it down; in a storm of failures, as much as shows that it is one. */
function relayNotices(link: PrimaryLink): { readonly begin: () => void } {
  let sent = 0;
  noticed.subscribe((told: Notice) => {
    if (sent++ < MOST_NOTICES) link.send({ type: "noticed", notice: told });
  });
  startCallNotices();
  return { begin: () => void (sent = 0) };
}

function sharedLimits({ telemetry: { number }, workers }: WorkerStart, link: PrimaryLink): LimitStates {
  const limits = new LimitStates({
    part: { number, of: workers },
    breakerChanged: (event) => link.send({ type: "breaker", event }),
  });
  link.on("breaker", ({ event }) => limits.followBreaker(event, systemClock.monotonic()));
  return limits;
}

async function answerScrape(scrape: number, telemetry: WorkerTelemetry, link: PrimaryLink): Promise<void> {
  const text = await telemetry.processMetrics();
  link.send({ type: "scraped", scrape, counts: telemetry.takeCounts(), process: text });
}

async function stop(gateway: Gateway, telemetry: WorkerTelemetry, link: PrimaryLink): Promise<void> {
  await gateway.close();
  link.send({ type: "alive", counts: telemetry.takeCounts() });
  await telemetry[Symbol.asyncDispose]();
  link.send({ type: "stopped" });
}
