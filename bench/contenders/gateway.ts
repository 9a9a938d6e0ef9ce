import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AdminClient } from "../estate/admin-client.ts";
import type { Manifest } from "../estate/resources.ts";
import { answering } from "../processes/answering.ts";
import { Child } from "../processes/child.ts";
import { freePort } from "../processes/free-port.ts";
import { writeStore } from "../estate/write-store.ts";
import { usageOf } from "../processes/usage.ts";
import type { Contender, Surroundings } from "./contender.ts";

export interface GatewayStart {
  readonly surroundings: Surroundings;
  /** Names its directory, and the files of a profile. */
  readonly name: string;
  /** What its data directory holds before it starts, beside what is there already. */
  readonly manifests: Iterable<Manifest>;
  /** A path that answers 200 as soon as the server is up. */
  readonly ready: string;
  /** Writes a CPU profile there when it stops. */
  readonly profile?: string | undefined;
  /** Processes that serve calls. @default one, the server itself */
  readonly workers?: number;
}

export interface RunningGateway extends Contender {
  readonly admin: AdminClient;
  readonly pid: number;
  readonly dataDirectory: string;
  /** Where its metrics are. */
  readonly healthOrigin: string;
  /** Of the ingress, where clients have certificates; it serves `gateway.localhost`. */
  readonly ingressPort: number;
  readonly adminPort: number;
  /** From the start of the process to the first answered call. */
  readonly startSeconds: number;
}

/** The product as a user starts it: one process, access log to a file, configured by its environment. */
export async function startGateway(start: GatewayStart): Promise<RunningGateway> {
  const { surroundings, name, manifests, ready } = start;
  const home = join(surroundings.directory, name);
  const dataDirectory = join(home, "data");
  mkdirSync(home, { recursive: true });
  await writeStore(dataDirectory, manifests);
  const ports = await freePorts();
  const child = new Child(process.execPath, command(start, dataDirectory), {
    core: surroundings.proxyCore,
    output: join(home, "access.log"),
    environment: { ...environment(ports, surroundings.directory), ...workersOf(start) },
    grace: 20_000,
  });
  const begin = performance.now();
  const origin = `http://127.0.0.1:${ports.manual}`;
  await answering(`${origin}${ready}`, { child, timeout: 120_000 });
  const startSeconds = (performance.now() - begin) / 1000;
  await answering(`http://127.0.0.1:${ports.admin}/readyz`, { child });
  const token = readFileSync(join(dataDirectory, "admin-token"), "utf8").trim();
  const admin = new AdminClient(`http://127.0.0.1:${ports.admin}`, token);
  return {
    name: "gateway",
    origin,
    compassOrigin: `http://127.0.0.1:${ports.compass}`,
    admin,
    pid: child.pid,
    dataDirectory,
    healthOrigin: `http://127.0.0.1:${ports.health}`,
    ingressPort: ports.ingress,
    adminPort: ports.admin,
    startSeconds,
    usage: () => usageOf(child.pid),
    [Symbol.asyncDispose]: async () => {
      await admin[Symbol.asyncDispose]();
      await child.stop();
    },
  };
}

interface Ports {
  readonly manual: number;
  readonly compass: number;
  readonly health: number;
  readonly admin: number;
  readonly ingress: number;
  readonly pairing: number;
}

async function freePorts(): Promise<Ports> {
  return {
    manual: await freePort(),
    compass: await freePort(),
    health: await freePort(),
    admin: await freePort(),
    ingress: await freePort(),
    pairing: await freePort(),
  };
}

function command({ profile, surroundings }: GatewayStart, dataDirectory: string): string[] {
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  return [...profiling, surroundings.program, "serve", "--data-dir", dataDirectory];
}

function environment(ports: Ports, directory: string): Record<string, string> {
  return {
    // As bin/appconn.js does it.
    NODE_COMPILE_CACHE: join(directory, "compile-cache"),
    APPCONN_GATEWAY_PORT: String(ports.manual),
    APPCONN_GATEWAY_COMPASS_PORT: String(ports.compass),
    APPCONN_GATEWAY_HEALTH_PORT: String(ports.health),
    APPCONN_ADMIN_PORT: String(ports.admin),
    APPCONN_INGRESS_PORT: String(ports.ingress),
    APPCONN_INGRESS_PAIRING_PORT: String(ports.pairing),
  };
}

function workersOf({ workers }: GatewayStart): Record<string, string> {
  // Each of them may have half of the tunnels, and connections do not come out to the last one.
  return workers === undefined
    ? {}
    : { APPCONN_WORKERS: String(workers), APPCONN_GATEWAY_MAX_TUNNELS: "12000" };
}
