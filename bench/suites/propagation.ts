import { Pool } from "undici";
import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret, secret, type Manifest } from "../estate/resources.ts";
import { startMirror, type Mirror } from "../targets/mirror.ts";

/** Milliseconds after which a change that is not visible never will be. */
const PATIENCE = 5000;

interface Scene {
  readonly bench: Bench;
  readonly gateway: RunningGateway;
  readonly pool: Pool;
  readonly mirror: Mirror;
}

/** How quickly changes take effect, and that no call fails because of one. */
export async function propagation(bench: Bench): Promise<void> {
  await using mirror = await startMirror();
  await using gateway = await startGateway({
    surroundings: bench.surroundings,
    name: "propagation",
    manifests: [
      basicSecret,
      application({ name: "changing", targetUrl: `${mirror.origin}/0`, credentials: basicCredentials }),
    ],
    ready: "/changing/api",
  });
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(new Pool(gateway.origin, { connections: 16 }), (opened) => opened.destroy());
  const scene = { bench, gateway, pool, mirror };
  await secretChanges(scene);
  await applicationChanges(scene);
  await deletions(scene, { manifest: changedApplication(mirror, 0), refusal: 404 });
  await deletions(scene, { manifest: basicSecret, refusal: 500 });
  await changesUnderLoad(scene);
}

const repetitions = (bench: Bench) => (bench.options.smoke ? 3 : 20);

async function secretChanges(scene: Scene): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < repetitions(scene.bench); index++) {
    const { stringData } = secret("unused", { username: "bench", password: `changed-${index}` });
    const expected = `Basic ${Buffer.from(`bench:changed-${index}`).toString("base64")}`;
    const change = () => scene.gateway.admin.mergePatch(basicSecret, { stringData });
    times.push(await takesEffect(scene.pool, change, ({ body }) => body.includes(`"${expected}"`)));
  }
  reportTimes(scene.bench, "changed-secret", times);
}

async function applicationChanges(scene: Scene): Promise<void> {
  const times: number[] = [];
  for (let index = 1; index <= repetitions(scene.bench); index++) {
    const changed = changedApplication(scene.mirror, index);
    const change = () => scene.gateway.admin.mergePatch(changed, { spec: changed.spec });
    times.push(await takesEffect(scene.pool, change, ({ body }) => body.includes(`"/${index}"`)));
  }
  reportTimes(scene.bench, "changed-application", times);
}

interface Deletion {
  readonly manifest: Manifest;
  /** Status of calls while it is away. */
  readonly refusal: number;
}

async function deletions({ bench, gateway, pool }: Scene, { manifest, refusal }: Deletion): Promise<void> {
  const remove = () => gateway.admin.remove(manifest);
  const create = () => gateway.admin.create(manifest);
  const times: number[] = [];
  for (let index = 0; index < repetitions(bench); index++) {
    times.push(await takesEffect(pool, remove, ({ status }) => status === refusal));
    await takesEffect(pool, create, ({ status }) => status === 200);
  }
  reportTimes(bench, `deleted-${manifest.kind.toLowerCase()}`, times);
}

async function changesUnderLoad({ bench, gateway, pool, mirror }: Scene): Promise<void> {
  const changes = bench.options.smoke ? 20 : 1000;
  let calls = 0;
  let failed = 0;
  const over = new AbortController();
  const caller = async () => {
    while (!over.signal.aborted) {
      calls++;
      if ((await call(pool)).status !== 200) failed++;
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  const begin = performance.now();
  for (let index = 0; index < changes; index++) {
    const changed = changedApplication(mirror, index);
    if (index % 2 === 0) await gateway.admin.mergePatch(changed, { spec: changed.spec });
    else await gateway.admin.mergePatch(basicSecret, { stringData: { password: `under-load-${index}` } });
  }
  over.abort();
  await Promise.all(callers);
  const seconds = (performance.now() - begin) / 1000;
  bench.report({ contender: "gateway", case: "changes-under-load", figures: { calls, failed, seconds } });
}

function changedApplication(mirror: Mirror, index: number) {
  const targetUrl = `${mirror.origin}/${index}`;
  return application({ name: "changing", targetUrl, credentials: basicCredentials });
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Milliseconds from the moment at which the change is sent until a call shows it. */
async function takesEffect(
  pool: Pool,
  change: () => Promise<void>,
  visible: (answer: Answer) => boolean,
): Promise<number> {
  const begin = performance.now();
  const changed = change();
  while (!visible(await call(pool))) {
    if (performance.now() - begin > PATIENCE) throw new Error("a change did not take effect at all");
  }
  const milliseconds = performance.now() - begin;
  await changed;
  return milliseconds;
}

async function call(pool: Pool): Promise<Answer> {
  const { statusCode, body } = await pool.request({ method: "GET", path: "/changing/api" });
  return { status: statusCode, body: await body.text() };
}

/** The slowest counts. */
function reportTimes(bench: Bench, name: string, times: readonly number[]): void {
  const milliseconds = Math.max(...times);
  bench.report({ contender: "gateway", case: name, figures: { calls: times.length, milliseconds } });
}
