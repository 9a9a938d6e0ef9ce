import { application, secret, type Manifest } from "../estate/resources.ts";
import { percentile } from "../statistics.ts";
import { adminTarget } from "./admin-target.ts";
import { KeptConnection } from "./kept-connection.ts";
import type { AdminLoad, AdminResult } from "./apply-admin-load.ts";
import { Watchers } from "./watchers.ts";

/**
 * Creates objects through the admin API over connections that stand, and watches while it does; how quickly watches
 * are told is measured by the clock that has the change made. Prints what came of it, as JSON.
 */
const load = JSON.parse(process.argv[2] ?? "{}") as AdminLoad;
const target = adminTarget(load.dataDirectory, load.port);
const APPLICATIONS = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
const SECRETS = "/api/v1/namespaces/kyma-system/secrets";
const FROM_NOW = "?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan";
/** Milliseconds between one measured change and the next. */
const PAUSE = 20;

const counts = { done: 0, failed: 0 };
const times: number[] = [];
const over = new AbortController();

function manifest(name: string): Manifest {
  return load.kind === "Secret"
    ? secret(name, { username: "bench", password: "bench" })
    : application({ name, targetUrl: "http://127.0.0.1:1/api" });
}

async function create(connection: KeptConnection, made: Manifest): Promise<void> {
  const path = made.kind === "Secret" ? SECRETS : APPLICATIONS;
  const { status, whole } = await connection.ask({ method: "POST", path, body: JSON.stringify(made) });
  times.push(whole);
  if (status === 201) counts.done++;
  else counts.failed++;
}

/** Until as many were made as are wanted, or until the watches have been told of enough. */
async function creator(index: number): Promise<void> {
  using connection = await KeptConnection.open(target);
  for (let number = index; number < load.creates && !over.signal.aborted; number += load.connections) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await create(connection, manifest(`${load.name}-${number}`));
  }
}

/** Milliseconds of each watch and change. */
async function changes(watchers: Watchers): Promise<number[]> {
  using connection = await KeptConnection.open(target);
  const told: number[] = [];
  for (let mark = load.marks.from; mark < load.marks.to; mark++) {
    const body = JSON.stringify(application({ name: `mark-${mark}`, targetUrl: "http://127.0.0.1:1/api" }));
    const change = () => connection.ask({ method: "POST", path: APPLICATIONS, body });
    // eslint-disable-next-line no-await-in-loop -- one after the other
    told.push(...(await watchers.told(mark, change)));
    // eslint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  over.abort();
  return told;
}

using watchers = await Watchers.open(target, `${APPLICATIONS}${FROM_NOW}`, load.watches);
const begin = performance.now();
const creating = Promise.all(Array.from({ length: load.connections }, (_, index) => creator(index)));
const told = load.watches === 0 ? [] : await changes(watchers);
await creating;
const seconds = (performance.now() - begin) / 1000;
const summary = (values: readonly number[]) =>
  values.length === 0
    ? undefined
    : { p50: percentile(values, 0.5), p99: percentile(values, 0.99), most: Math.max(...values) };
const result: AdminResult = {
  ...counts,
  seconds,
  created: summary(times),
  told: summary(told),
  lost: watchers.lost,
};
console.log(JSON.stringify(result));
