import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { systemClock } from "../../core/clock.ts";
import { SharedAnswers } from "../../credentials/shared-answers.ts";
import { placeOf } from "../../gateway/serve.ts";
import type { Addressing } from "../../gateway/route.ts";
import { acceptConnections, type Acceptor } from "../../http/accept-connections.ts";
import { breakerChanged } from "../../telemetry/channels.ts";
import { openEstate, type Estate } from "../../gateway/start.ts";
import { readProxyEnvironment } from "../../outbound/proxy-environment.ts";
import type { Foundation } from "../foundation.ts";
import type { ServedGateway } from "../served-gateway.ts";
import { packageVersion } from "../version.ts";
import { ConnectionDealer } from "./connection-dealer.ts";
import type { WorkerStart } from "./messages.ts";
import { OpenBreakers } from "./open-breakers.ts";
import { WorkerPool } from "./worker-pool.ts";
import { partOfGateway } from "./worker-options.ts";

/** How long connections that came before the end may wait for a worker. Milliseconds. */
const DEALING_PATIENCE = 1000;

/** Serves the gateway's listeners by `count` processes, to which this one hands the connections. */
export async function serveWithWorkers(
  foundation: Foundation,
  count: number,
  signal: AbortSignal,
): Promise<ServedGateway> {
  await using stack = new AsyncDisposableStack();
  const dealer = new ConnectionDealer<Socket>(systemClock);
  stack.defer(() => dealer.close());
  const accept = async (listener: Addressing): Promise<Acceptor> => {
    const { gateway } = foundation.options;
    const place = { host: gateway.host, ...placeOf(listener, gateway) };
    const acceptor = await acceptConnections(place, (socket) => dealer.deal(listener, socket));
    stack.defer(() => acceptor.close());
    return acceptor;
  };
  const { inspection, checker } = stack.use(await openEstateOf(foundation));
  const pool = await startPool(foundation, { count, dealer, signal, stack });
  const manual = await accept("manual");
  const compass = await accept("compass");
  const running = stack.move();
  const close = async () => {
    manual.close();
    compass.close();
    await settled(dealer);
    await pool.stop(foundation.options.gateway.drainTimeout);
    await running.disposeAsync();
  };
  return {
    manualOrigin: manual.origin,
    compassOrigin: compass.origin,
    inspection,
    checker,
    get notReady() {
      return pool.isReady ? undefined : "no worker serves calls";
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Nobody calls here, but somebody has to say what is wrong with what is configured. */
function openEstateOf({ options, environment, store, telemetry }: Foundation): Promise<Estate> {
  return openEstate({
    store,
    options: options.gateway,
    outbound: options.outbound,
    proxies: readProxyEnvironment(environment),
    clock: systemClock,
    warn: (message, fields) => telemetry.log.warn(message, fields),
  });
}

/** What has been accepted is served too, unless nobody takes it. */
async function settled(dealer: ConnectionDealer<Socket>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  using _ = systemClock.after(DEALING_PATIENCE, resolve);
  await Promise.race([dealer.settled(), late]);
}

interface PoolParts {
  readonly count: number;
  readonly dealer: ConnectionDealer<Socket>;
  readonly signal: AbortSignal;
  readonly stack: AsyncDisposableStack;
}

async function startPool(
  foundation: Foundation,
  { count, dealer, signal, stack }: PoolParts,
): Promise<WorkerPool> {
  const { store, telemetry, environment } = foundation;
  const workers = telemetry.metrics?.workers;
  const starting = startOf(foundation, count);
  const breakers = new OpenBreakers();
  const pool: WorkerPool = await WorkerPool.start(
    {
      count,
      start: starting,
      clock: systemClock,
      log: telemetry.log,
      replaced: (number, end) => workers?.ended(number, end),
      context: {
        store,
        dealer,
        answers: stack.use(new SharedAnswers(systemClock)),
        clock: systemClock,
        environment,
        takeLines: telemetry.relayed.take,
        takeCounts: (worker, counts) => workers?.add(worker, counts),
        live: telemetry.live.elsewhere,
        breakerChanged: (event, by) => {
          breakers.changed(event, systemClock.monotonic());
          breakerChanged.publish({ ...event, open: event.wait > 0 });
          pool.broadcast({ type: "breaker", event }, by);
        },
        openBreakers: () => breakers.at(systemClock.monotonic()),
      },
    },
    signal,
  );
  stack.use(pool);
  stack.use(telemetry.level.watch((level) => pool.broadcast({ type: "log-level", level })));
  stack.use(telemetry.live.elsewhere.follow((wanted) => pool.broadcast({ type: "live", wanted })));
  workers?.use({ collect: () => pool.scrape(), states: () => pool.states() });
  stack.defer(() => workers?.use(undefined));
  return pool;
}

/** What each worker is told, at the first start and at each later one. */
function startOf({ options, telemetry }: Foundation, count: number): (number: number) => WorkerStart {
  const fingerprintKey = randomBytes(32);
  const gateway = partOfGateway(options.gateway, count);
  return (number) => ({
    workers: count,
    gateway,
    outbound: options.outbound,
    ports: { manual: options.gateway.port, compass: options.gateway.compassPort },
    telemetry: {
      number,
      logs: { ...telemetry.relayed.logs, level: telemetry.level.get() },
      metrics: telemetry.metrics && {
        durationsPerApplication: options.telemetry.metrics.durationsPerApplication,
      },
      tracesEndpoint: options.telemetry.traces.endpoint,
      version: packageVersion(),
    },
    fingerprintKey,
  });
}
