/**
 * CPU time of one small exchange with a target, over the client of our own and over undici, in HTTP/1.1 and HTTP/2,
 * in turns in one process: `us` with the system's share, `us-own` without it.
 */
import { once } from "node:events";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { Connections, type TargetProtocol } from "../../src/outbound/connections.ts";
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

function overOurs(connections: Connections, port: number, protocol: TargetProtocol): Send {
  const identity = tlsIdentity(true);
  const heard = { informed: () => {}, started: () => {}, received: () => true, failed: raise };
  return (ended) => {
    const pool = connections.pool(`http://127.0.0.1:${port}`, identity, protocol);
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

async function compare(port: number, http2Port: number): Promise<void> {
  await using connections = new Connections({
    options: { deniedNetworks: [], caFile: "", connectTimeout: 5000, idleTimeout: 60_000 },
    policy: new EgressPolicy(),
    proxies: undefined,
  });
  const pool = new Pool(`http://127.0.0.1:${port}`, { headersTimeout: 0, bodyTimeout: 0 });
  // Its types do not know that HTTP/2 may go without TLS.
  const http2 = { allowH2: true, useH2c: true, connections: 1, pipelining: CONCURRENCY };
  const http2Pool = new Pool(`http://127.0.0.1:${http2Port}`, http2);
  const contenders: readonly (readonly [string, Send, Cost[]])[] = [
    ["ours", overOurs(connections, port, "http/1.1"), []],
    ["undici", overUndici(pool, port), []],
    ["ours-http2", overOurs(connections, http2Port, "h2"), []],
    ["undici-http2", overUndici(http2Pool, http2Port), []],
  ];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [, send, costs] of contenders) {
      const cost = await costOf(send);
      // The first round only warms up.
      if (round > 0) costs.push(cost);
    }
  }
  await Promise.all([pool.destroy(), http2Pool.destroy()]);
  for (const [contender, , costs] of contenders) {
    const figures = { us: median(costs, "us"), "us-own": median(costs, "own") };
    console.log(formatLine({ contender, case: "outbound", figures }));
  }
}

function median(costs: readonly Cost[], figure: keyof Cost): number | undefined {
  return costs.map((cost) => cost[figure]).toSorted((one, other) => one - other)[costs.length >> 1];
}

/** Answers whatever comes, in one read, as the one request that it is. */
async function beTarget(port: number, http2Port: number): Promise<void> {
  const http2 = createHttp2Server();
  http2.on("stream", (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200, "content-type": "application/json", "content-length": BODY.length });
    stream.end(BODY);
  });
  await once(http2.listen(http2Port, "127.0.0.1"), "listening");
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;
  const answer = Buffer.from(head + BODY);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("data", () => socket.write(answer)).on("error", () => socket.destroy());
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
}

const [, file = fileURLToPath(import.meta.url), targetPort, targetHttp2Port] = process.argv;
if (targetPort === undefined) {
  const [port, http2Port] = [await freePort(), await freePort()];
  await using child = new Child(process.execPath, [file, String(port), String(http2Port)]);
  await answering(`http://127.0.0.1:${port}/`, { child });
  await compare(port, http2Port);
} else {
  await beTarget(Number(targetPort), Number(targetHttp2Port));
}
