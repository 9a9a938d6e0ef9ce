/**
 * CPU time of one small exchange with a target, over the client of our own and over undici, in turns in one
 * process: `us` with the system's share, `us-own` without it.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { Connections } from "../../src/outbound/connections.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { tlsIdentity } from "../../src/outbound/tls-identity.ts";
import { formatLine } from "../line.ts";
import { answering } from "../processes/answering.ts";
import { Child } from "../processes/child.ts";
import { freePort } from "../processes/free-port.ts";

const CONCURRENCY = 64;
const CALLS = 60_000;
const ROUNDS = 5;

const BODY = '{"id":1042,"customer":"Example Ltd","total":"129.90","currency":"EUR"}';

/** Sends one request and calls `ended` after the last byte of its answer. */
type Send = (ended: () => void) => void;

const request = (port: number) => ({
  method: "GET",
  path: "/orders/42?expand=items",
  headers: ["Host", `127.0.0.1:${port}`, "Accept", "*/*", "Authorization", "Basic YmVuY2g6YmVuY2g="],
});

function raise(error: Error): never {
  throw error;
}

function overOurs(connections: Connections, port: number): Send {
  const identity = tlsIdentity(true);
  const heard = { informed: () => {}, started: () => {}, received: () => true, failed: raise };
  return (ended) => {
    const pool = connections.pool(`http://127.0.0.1:${port}`, identity);
    pool.forward({ ...request(port), body: undefined }, { ...heard, ended });
  };
}

function overUndici(pool: Pool, port: number): Send {
  const heard = {
    onRequestStart() {},
    onResponseStart() {},
    onResponseData() {},
    onResponseError: (_: unknown, error: Error) => raise(error),
  };
  return (ended) =>
    void pool.dispatch({ ...request(port), method: "GET" }, { ...heard, onResponseEnd: ended });
}

interface Cost {
  readonly us: number;
  readonly own: number;
}

async function costOf(send: Send): Promise<Cost> {
  const before = process.cpuUsage();
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  let over = 0;
  const next = (): void => {
    if (begun++ < CALLS) send(ended);
  };
  const ended = (): void => {
    if (++over === CALLS) resolve();
    else setImmediate(next);
  };
  for (let index = 0; index < CONCURRENCY; index++) next();
  await promise;
  const { user, system } = process.cpuUsage(before);
  return { us: (user + system) / CALLS, own: user / CALLS };
}

async function compare(port: number): Promise<void> {
  await using connections = new Connections({
    options: { deniedNetworks: [], caFile: "", connectTimeout: 5000, idleTimeout: 60_000 },
    policy: new EgressPolicy(),
    proxies: undefined,
  });
  const pool = new Pool(`http://127.0.0.1:${port}`, { headersTimeout: 0, bodyTimeout: 0 });
  const contenders: readonly (readonly [string, Send, Cost[]])[] = [
    ["ours", overOurs(connections, port), []],
    ["undici", overUndici(pool, port), []],
  ];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [, send, costs] of contenders) {
      const cost = await costOf(send);
      // The first round only warms up.
      if (round > 0) costs.push(cost);
    }
  }
  await pool.destroy();
  for (const [contender, , costs] of contenders) {
    const figures = { us: median(costs, "us"), "us-own": median(costs, "own") };
    console.log(formatLine({ contender, case: "outbound", figures }));
  }
}

function median(costs: readonly Cost[], figure: keyof Cost): number | undefined {
  return costs.map((cost) => cost[figure]).toSorted((one, other) => one - other)[costs.length >> 1];
}

/** Answers whatever comes, in one read, as the one request that it is. */
async function beTarget(port: number): Promise<void> {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;
  const answer = Buffer.from(head + BODY);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("data", () => socket.write(answer)).on("error", () => socket.destroy());
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
}

const [, file = fileURLToPath(import.meta.url), targetPort] = process.argv;
if (targetPort === undefined) {
  const port = await freePort();
  await using child = new Child(process.execPath, [file, String(port)]);
  await answering(`http://127.0.0.1:${port}/`, { child });
  await compare(port);
} else {
  await beTarget(Number(targetPort));
}
