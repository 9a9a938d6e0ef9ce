import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application, basicCredentials, basicSecret } from "../estate/resources.ts";

const REQUEST =
  "GET /live/api/socket HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/** Each is two open files of the process that serves it, and a usual limit of those is 20 000. */
const COUNT_PER_PROCESS = 5000;
const SMOKE_COUNT_PER_PROCESS = 200;

/** Opened at a time. */
const AT_ONCE = 100;

/** How large the process is while callers hold WebSockets that carry nothing. */
export async function webSockets(bench: Bench): Promise<void> {
  await holdWebSockets(bench, { name: "web-sockets", workers: 1 });
}

/** How large all processes of a server are together, while each of its workers has as many. */
export async function holdWebSockets(
  bench: Bench,
  { name, workers }: { readonly name: string; readonly workers: number },
): Promise<void> {
  const { surroundings } = bench;
  const count = workers * (bench.options.smoke ? SMOKE_COUNT_PER_PROCESS : COUNT_PER_PROCESS);
  await using gateway = await startGateway({
    surroundings,
    name,
    workers,
    manifests: [
      basicSecret,
      application({
        name: "live",
        targetUrl: `http://127.0.0.1:${surroundings.sinkPort}`,
        credentials: basicCredentials,
      }),
    ],
    ready: "/live/api/ready",
  });
  const begin = performance.now();
  const sockets = await openAll(gateway, count);
  const seconds = (performance.now() - begin) / 1000;
  const opened = sockets.filter((socket) => socket !== undefined);
  await wait(bench.options.smoke ? 1000 : 5000);
  const failed = count - opened.filter((socket) => !socket.destroyed).length;
  const rss = gateway.usage().residentMebibytes;
  for (const socket of opened) socket.destroy();
  const figures = { per_s: count / seconds, failed, rss_mib: rss };
  bench.report({ contender: "gateway", case: name, figures });
  if (failed > 0) bench.complain(`${name}: ${failed} were not opened, or were lost`);
}

async function openAll(gateway: RunningGateway, count: number): Promise<readonly (Socket | undefined)[]> {
  const port = Number(new URL(gateway.origin).port);
  const sockets: (Socket | undefined)[] = [];
  while (sockets.length < count) {
    const opening = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => open(port));
    // eslint-disable-next-line no-await-in-loop -- so many at a time
    sockets.push(...(await Promise.all(opening)));
  }
  return sockets;
}

/** undefined where the answer is not 101. */
async function open(port: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: "127.0.0.1" }).on("error", () => socket.destroy());
  socket.write(REQUEST);
  const [first] = (await once(socket, "data")) as [Buffer];
  if (first.toString("latin1").startsWith("HTTP/1.1 101 ")) return socket;
  socket.destroy();
  return undefined;
}
