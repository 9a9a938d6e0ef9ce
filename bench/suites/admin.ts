import type { Bench } from "../bench.ts";
import { adminTarget } from "../admin/admin-target.ts";
import { applyAdminLoad, type AdminLoad, type AdminResult, type Summary } from "../admin/apply-admin-load.ts";
import { KeptConnection, type Asked } from "../admin/kept-connection.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicSecret } from "../estate/resources.ts";
import { percentile } from "../statistics.ts";
import { atRest } from "./at-rest.ts";

const CLIENTS = 64;
const WATCHES = 500;
const APPLICATIONS = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

interface Scene {
  readonly bench: Bench;
  readonly gateway: RunningGateway;
}

/** What the admin API does for many at once, over TLS. */
export async function admin(bench: Bench): Promise<void> {
  const { surroundings, options } = bench;
  const targetUrl = `http://127.0.0.1:${surroundings.targetPort}`;
  await using gateway = await startGateway({
    surroundings,
    name: "admin",
    manifests: [basicSecret, application({ name: "probe", targetUrl })],
    ready: "/probe/api/small",
    profile: options.profile,
  });
  const scene = { bench, gateway };
  await creates(scene);
  await lists(scene);
  await watches(scene);
}

function loadOf({ gateway }: Scene, load: Partial<AdminLoad>): AdminLoad {
  const { dataDirectory, adminPort: port } = gateway;
  const nothing = { creates: 0, connections: 0, watches: 0, marks: { from: 0, to: 0 } };
  return { dataDirectory, port, kind: "Application", name: "made", ...nothing, ...load };
}

/** There are ten thousand Applications in the end. */
async function creates(scene: Scene): Promise<void> {
  const { smoke } = scene.bench.options;
  const [warmUp, most] = smoke ? [0, 300] : [3000, 7000];
  for (const kind of ["Application", "Secret"] as const) {
    const load = { kind, connections: CLIENTS };
    // eslint-disable-next-line no-await-in-loop -- one after the other
    if (warmUp > 0) await applied(scene, { ...load, name: "warm-up", creates: warmUp });
    // eslint-disable-next-line no-await-in-loop
    reportCreates(scene, kind, await applied(scene, { ...load, creates: most }));
  }
}

function reportCreates({ bench }: Scene, kind: AdminLoad["kind"], { result, cpu }: Applied): void {
  const { done, failed, seconds, created } = result;
  const name = `create-${kind.toLowerCase()}s`;
  const rates = { per_s: done / seconds, per_cpu_s: done / (cpu / 1e6), cpu_us_per_request: cpu / done };
  const figures = { ...rates, ...inMicroseconds(created), failed };
  bench.report({ contender: "gateway", case: name, concurrency: CLIENTS, figures });
  if (failed > 0) bench.complain(`${name}: ${failed} were not created`);
}

interface Applied {
  readonly result: AdminResult;
  /** Microseconds of the processor that the server took. */
  readonly cpu: number;
}

async function applied(scene: Scene, load: Partial<AdminLoad>): Promise<Applied> {
  const { gateway, bench } = scene;
  const before = gateway.usage().cpuMicroseconds;
  const result = await applyAdminLoad(loadOf(scene, load), bench.options.loadCore);
  return { result, cpu: gateway.usage().cpuMicroseconds - before };
}

function inMicroseconds(summary: Summary | undefined) {
  return summary === undefined ? {} : { p50_us: summary.p50 * 1000, p99_us: summary.p99 * 1000 };
}

async function lists(scene: Scene): Promise<void> {
  if (!scene.bench.options.smoke) await atRest(scene.gateway);
  await list(scene, "list-applications", { path: APPLICATIONS });
  await list(scene, "list-applications-table", { path: APPLICATIONS, accept: TABLE });
}

/** The median, and the longest that another answer waited meanwhile. */
async function list({ bench, gateway }: Scene, name: string, asked: Asked): Promise<void> {
  const target = adminTarget(gateway.dataDirectory, gateway.adminPort);
  using reader = await KeptConnection.open(target);
  using other = await KeptConnection.open(target);
  const [first, whole, held]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < (bench.options.smoke ? 2 : 15); round++) {
    const over = new AbortController();
    const reading = reader.ask(asked).finally(() => over.abort());
    let longest = 0;
    // eslint-disable-next-line no-await-in-loop -- one answer after the other
    while (!over.signal.aborted) longest = Math.max(longest, (await other.ask({ path: "/livez" })).whole);
    // eslint-disable-next-line no-await-in-loop
    const { status, ...times } = await reading;
    if (status !== 200) throw new Error(`a list was answered ${status}`);
    first.push(times.first);
    whole.push(times.whole);
    held.push(longest);
  }
  const figures = {
    milliseconds: percentile(whole, 0.5),
    first_byte_ms: percentile(first, 0.5),
    held_ms: percentile(held, 0.5),
    calls: whole.length,
  };
  bench.report({ contender: "gateway", case: name, figures });
}

/** How soon watches are told of a change: at rest, and while others create at full speed what they watch, or not. */
async function watches(scene: Scene): Promise<void> {
  const { smoke } = scene.bench.options;
  const count = smoke ? 50 : WATCHES;
  const changes = smoke ? 3 : 50;
  const cases = [
    { name: "watches-at-rest", creators: 0, kind: "Secret" },
    { name: "watches-others-created", creators: CLIENTS, kind: "Secret" },
    { name: "watches-created", creators: CLIENTS, kind: "Application" },
  ] as const;
  for (const [index, { name, creators, kind }] of cases.entries()) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    const { result, cpu } = await applied(scene, {
      kind,
      name,
      connections: creators,
      creates: 1_000_000,
      watches: count,
      marks: { from: index * changes, to: (index + 1) * changes },
    });
    const { told, done, failed, seconds, lost } = result;
    const created = creators === 0 ? {} : { per_s: done / seconds, cpu_us_per_request: cpu / done };
    const figures = { ...inMicroseconds(told), milliseconds: told?.most, failed: failed + lost, ...created };
    scene.bench.report({ contender: "gateway", case: name, concurrency: count, figures });
    if (lost > 0) scene.bench.complain(`${name}: ${lost} watches were ended`);
  }
}
