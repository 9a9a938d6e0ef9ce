import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret, largeEstate } from "../estate/resources.ts";
import { MetadataClient, registration } from "../registry/metadata-client.ts";
import { percentile } from "../statistics.ts";
import { atRest } from "./at-rest.ts";

/** Services that one Application has in the end. */
const SERVICES = 1000;
/** Applications that register side by side, some tens of services each, as external systems do. */
const APPLICATIONS = 40;
const AT_ONCE = 16;
/** Until compilers have seen everything often enough: a server that runs for days is warm. */
const WARM_UP = 2500;
/** Milliseconds after which an API that cannot be called never will be. */
const PATIENCE = 10_000;

interface Scene {
  readonly bench: Bench;
  readonly gateway: RunningGateway;
  /** Each of another Application. */
  readonly clients: readonly MetadataClient[];
  readonly targetUrl: string;
}

/** What connected systems do with the metadata API, through ingress and validator. */
export async function registry(bench: Bench): Promise<void> {
  await someApplications(bench);
  await oneApplication(bench);
  if (!bench.options.smoke) await manyApplications(bench);
}

async function startRegistry(bench: Bench, name: string, applications: readonly string[]) {
  const { surroundings, options } = bench;
  const targetUrl = `http://127.0.0.1:${surroundings.targetPort}`;
  return await startGateway({
    surroundings,
    name,
    manifests: [
      basicSecret,
      application({ name: "probe", targetUrl, credentials: basicCredentials }),
      ...["warm-up", ...applications].map((each) => application({ name: each, services: [], targetUrl })),
    ],
    ready: "/probe/api/small",
    profile: options.profile,
  });
}

/** Registrations as they come in practice: from many systems, each of which has some services. */
async function someApplications(bench: Bench): Promise<void> {
  const { smoke } = bench.options;
  const names = Array.from({ length: smoke ? 2 : APPLICATIONS }, (_, index) => `system-${index}`);
  await using gateway = await startRegistry(bench, "registry-systems", [
    ...names,
    ...names.map((name) => `warm-${name}`),
  ]);
  using stack = new DisposableStack();
  const open = async (name: string) => stack.use(await MetadataClient.open(gateway, name));
  const targetUrl = `http://127.0.0.1:${bench.surroundings.targetPort}`;
  const pairs = async (each: readonly string[]) => {
    const clients: MetadataClient[] = [];
    // eslint-disable-next-line no-await-in-loop -- each pairs
    for (const name of each) clients.push(await open(name));
    return { bench, gateway, targetUrl, clients };
  };
  const warmUp = await pairs(["warm-up", ...names.map((name) => `warm-${name}`)]);
  await registerAll(warmUp, { from: 0, to: smoke ? 10 : WARM_UP, atOnce: AT_ONCE });
  const scene = await pairs(names);
  const [alone, most] = smoke ? [10, 30] : [200, 1700];
  await measureRegistrations(scene, "register", { from: 0, to: alone, atOnce: 1 });
  await measureRegistrations(scene, "register", { from: alone, to: most, atOnce: AT_ONCE });
}

async function oneApplication(bench: Bench): Promise<void> {
  await using gateway = await startRegistry(bench, "registry", ["shop", "callable"]);
  using stack = new DisposableStack();
  const opened = async (name: string) => ({
    bench,
    gateway,
    targetUrl: `http://127.0.0.1:${bench.surroundings.targetPort}`,
    clients: [stack.use(await MetadataClient.open(gateway, name))],
  });
  const warmUp = await opened("warm-up");
  const scene = await opened("shop");
  const callable = await opened("callable");
  if (!bench.options.smoke) await registerAll(warmUp, { from: 0, to: 100, atOnce: AT_ONCE });
  await registrationsAndReads(scene);
  await untilCallable(callable);
}

/** An Application grows to its thousand services; then they are read. */
async function registrationsAndReads(scene: Scene): Promise<void> {
  const { bench } = scene;
  const most = bench.options.smoke ? 20 : SERVICES;
  const growing = { from: 0, to: most, atOnce: AT_ONCE };
  const ids = await measureRegistrations(scene, `register-to-${SERVICES}`, growing);
  const last = { from: most, to: most + (bench.options.smoke ? 5 : 50), atOnce: 1 };
  await measureRegistrations(scene, `register-at-${SERVICES}`, last);
  await measureReads(scene, ids);
}

interface Registrations {
  readonly from: number;
  readonly to: number;
  readonly atOnce: number;
}

/** The time of the checks that registrations start belongs to them. */
async function measureRegistrations(
  scene: Scene,
  name: string,
  registrations: Registrations,
): Promise<string[]> {
  const { bench, gateway } = scene;
  const before = gateway.usage().cpuMicroseconds;
  const { ids, seconds } = await registerAll(scene, registrations);
  const cpuSeconds = (gateway.usage().cpuMicroseconds - before) / 1e6;
  const figures = { per_s: ids.length / seconds, per_cpu_s: ids.length / cpuSeconds, calls: ids.length };
  bench.report({ contender: "gateway", case: name, concurrency: registrations.atOnce, figures });
  return ids;
}

interface Registered {
  readonly ids: string[];
  /** Until the last was answered. */
  readonly seconds: number;
}

async function registerAll(
  { clients, targetUrl }: Scene,
  { from, to, atOnce }: Registrations,
): Promise<Registered> {
  // Made before, so that the client takes no time from the server.
  const bodies = Array.from({ length: to - from }, (_, index) => registration(from + index, targetUrl));
  const remaining = bodies.entries();
  const ids: string[] = [];
  const last: Promise<void>[] = [];
  const begin = performance.now();
  const sender = async () => {
    for (const [index, body] of remaining) {
      const client = clients[index % clients.length] as MetadataClient;
      // eslint-disable-next-line no-await-in-loop -- each sends one after the other
      const id = await client.register(body);
      ids.push(id);
      if (index >= bodies.length - atOnce) last.push(client.checked(id));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  const seconds = (performance.now() - begin) / 1000;
  await Promise.all(last);
  return { ids, seconds };
}

/** Of a server that has checked and indexed what was registered: systems register seldom, and read often. */
async function measureReads({ bench, gateway, clients }: Scene, ids: readonly string[]): Promise<void> {
  if (!bench.options.smoke) await atRest(gateway);
  const [client] = clients as readonly [MetadataClient];
  using reader = await client.reader();
  const times: number[] = [];
  const count = bench.options.smoke ? 50 : 2000;
  for (let index = 0; index < count; index++) {
    // Not in the order in which they were registered, and the same in each run.
    const id = ids[(index * 7919) % ids.length] ?? "";
    // eslint-disable-next-line no-await-in-loop -- one caller
    times.push((await reader.read(client.pathOf(id))) * 1000);
  }
  const figures = { p50_us: percentile(times, 0.5), p99_us: percentile(times, 0.99), calls: count };
  bench.report({ contender: "gateway", case: `read-of-${SERVICES}`, concurrency: 1, figures });
}

/** From the moment at which a registration is sent to the first call of its API that reaches the target. */
async function untilCallable({ bench, gateway, clients, targetUrl }: Scene): Promise<void> {
  const [client] = clients as readonly [MetadataClient];
  const times: number[] = [];
  for (let index = 0; index < (bench.options.smoke ? 3 : 20); index++) {
    const body = registration(index, targetUrl);
    const begin = performance.now();
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await Promise.all([
      client.register(body),
      answering(`${gateway.origin}/callable/service-${index}/small`),
    ]);
    times.push(performance.now() - begin);
  }
  const figures = { calls: times.length, milliseconds: Math.max(...times) };
  bench.report({ contender: "gateway", case: "registered-callable", figures });
}

async function answering(url: string): Promise<void> {
  const begin = performance.now();
  for (;;) {
    // eslint-disable-next-line no-await-in-loop -- one call after the other
    const { status, body } = await fetch(url);
    // eslint-disable-next-line no-await-in-loop
    await body?.cancel();
    if (status === 200) return;
    if (performance.now() - begin > PATIENCE) throw new Error("a registered API cannot be called at all");
  }
}

/** 10 000 services: the list of one Application's ten, asked for by several of them. */
async function manyApplications(bench: Bench): Promise<void> {
  const { surroundings } = bench;
  const [applications, clients] = [1000, 20];
  await using gateway = await startGateway({
    surroundings,
    name: "registry-estate",
    manifests: largeEstate(surroundings.targetPort, { applications, services: 10 }),
    ready: `/estate-${applications - 1}/api-9/small`,
  });
  const times: number[] = [];
  for (let index = 0; index < clients; index++) {
    // eslint-disable-next-line no-await-in-loop -- one Application after the other
    times.push(...(await listTimes(gateway, `estate-${index * Math.floor(applications / clients)}`)));
  }
  const figures = { calls: times.length, milliseconds: Math.max(...times) };
  bench.report({ contender: "gateway", case: "list-estate", figures });
}

/** Milliseconds: the first one of each Application has its handshake and its text to make. */
async function listTimes(gateway: RunningGateway, name: string): Promise<number[]> {
  using client = await MetadataClient.open(gateway, name);
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const begin = performance.now();
    // eslint-disable-next-line no-await-in-loop -- one caller
    if ((await client.list()) !== 10) throw new Error("a list is not complete");
    times.push(performance.now() - begin);
  }
  return times;
}
