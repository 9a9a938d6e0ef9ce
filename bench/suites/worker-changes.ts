import { Client } from "undici";
import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret } from "../estate/resources.ts";
import { startMirror } from "../targets/mirror.ts";

/** Neighbouring connections are dealt to different workers, so that each has several of these. */
const CONNECTIONS = 8;

/** Milliseconds after which a change that is not visible never will be. */
const PATIENCE = 5000;

/** How quickly a changed Secret shows in every one of so many workers. The slowest counts. */
export async function workerChanges(
  bench: Bench,
  { name, workers }: { readonly name: string; readonly workers: number },
): Promise<void> {
  await using mirror = await startMirror();
  await using gateway = await startGateway({
    surroundings: { ...bench.surroundings, proxyCore: undefined },
    name,
    workers,
    manifests: [
      basicSecret,
      application({ name: "changing", targetUrl: mirror.origin, credentials: basicCredentials }),
    ],
    ready: "/changing/api",
  });
  await using stack = new AsyncDisposableStack();
  const clients: Client[] = [];
  for (let index = 0; index < CONNECTIONS; index++) {
    const client = stack.adopt(new Client(gateway.origin), (opened) => opened.destroy());
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as they are dealt
    await call(client);
    clients.push(client);
  }
  const times: number[] = [];
  for (let index = 0; index < (bench.options.smoke ? 3 : 20); index++) {
    // oxlint-disable-next-line no-await-in-loop -- one change after the other
    times.push(await changed(gateway, { clients, password: `changed-${index}` }));
  }
  const figures = { calls: times.length, milliseconds: Math.max(...times) };
  bench.report({ contender: "gateway", case: name, figures });
}

/** Milliseconds from the moment at which the change is sent until calls on all connections show it. */
async function changed(
  { admin }: RunningGateway,
  { clients, password }: { readonly clients: readonly Client[]; readonly password: string },
): Promise<number> {
  const expected = `"Basic ${Buffer.from(`bench:${password}`).toString("base64")}"`;
  const begin = performance.now();
  const change = admin.mergePatch(basicSecret, { stringData: { username: "bench", password } });
  await Promise.all(clients.map((client) => shows(client, expected, begin + PATIENCE)));
  const milliseconds = performance.now() - begin;
  await change;
  return milliseconds;
}

async function shows(client: Client, expected: string, until: number): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one call after the other
  while (!(await call(client)).includes(expected)) {
    if (performance.now() > until) throw new Error("a change did not reach a worker at all");
  }
}

async function call(client: Client): Promise<string> {
  const { body } = await client.request({ method: "GET", path: "/changing/api" });
  return body.text();
}
