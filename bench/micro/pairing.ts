import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { systemClock } from "../../src/core/clock.ts";
import { load } from "../../src/config/load.ts";
import { connectorSettings } from "../../src/connector/options.ts";
import { startConnector } from "../../src/connector/start.ts";
import { Connections } from "../../src/outbound/connections.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { ClientAuthority } from "../../src/pki/client-authority.ts";
import { RevocationSet } from "../../src/pki/revocations.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { formatLine } from "../line.ts";
import { newRequest } from "./certificate-request-scene.ts";

const ROUNDS = 5;
const PAIRINGS = 200;
const AT_ONCE = 4;

/**
 * Pairings through the HTTP APIs, each from the administrator's token to the certificate on record: three
 * requests, four durable writes, one signature. Client and server share the process, so that the CPU time of
 * the client counts too. The best of several rounds.
 */
await using stack = new AsyncDisposableStack();
const directory = mkdtempSync(join(tmpdir(), "appconn-bench-"));
stack.defer(() => rmSync(directory, { recursive: true, force: true }));
const store = stack.use(await openSqliteStore({ directory, clock: systemClock }));
const policy = new EgressPolicy([]);
const outbound = { deniedNetworks: [], caFile: "", connectTimeout: 5000, idleTimeout: 10_000 };
const connections = stack.use(new Connections({ options: outbound, policy, proxies: undefined }));
const flags = ["--connector-internal-port=0", "--connector-external-port=0"];
const loaded = load({ connector: connectorSettings }, { flags, environment: {} });
if (loaded.kind === "refused") throw new Error("the settings are refused");
const connector = stack.use(
  await startConnector({
    options: loaded.options.connector,
    store,
    authority: await ClientAuthority.open({ directory: join(directory, "pki"), clock: systemClock }),
    revocations: new RevocationSet(),
    hosts: () => ({ connectorService: "connector-service.localhost", gateway: "gateway.localhost" }),
    connections,
    policy,
    listens: { internal: true, external: true },
    clock: systemClock,
    warn: () => {},
  }),
);
const { internalOrigin = "", externalOrigin = "" } = connector;
const agent = new Agent({ keepAlive: true, maxSockets: 2 * AT_ONCE });
stack.defer(() => agent.destroy());
const body = JSON.stringify({ csr: await newRequest(generateKeyPairSync("ec", { namedCurve: "P-256" })) });

const rounds: { readonly perSecond: number; readonly perCpuSecond: number }[] = [];
// eslint-disable-next-line no-await-in-loop -- rounds do not overlap
for (let round = 0; round < ROUNDS; round++) rounds.push(await measure());
const best = (figure: "perSecond" | "perCpuSecond") => Math.max(...rounds.map((round) => round[figure]));
const figures = { "per-s": best("perSecond"), "per-cpu-s": best("perCpuSecond") };
console.log(formatLine({ contender: "micro", case: "pairing-ec", concurrency: AT_ONCE, figures }));

async function measure(): Promise<{ readonly perSecond: number; readonly perCpuSecond: number }> {
  const before = process.cpuUsage();
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      // eslint-disable-next-line no-await-in-loop -- each client pairs one after the other
      for (let index = 0; index < PAIRINGS / AT_ONCE; index++) await pair();
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: PAIRINGS / seconds, perCpuSecond: PAIRINGS / ((user + system) / 1e6) };
}

async function pair(): Promise<void> {
  const created = await send(`${internalOrigin}/v1/applications/tokens`, "POST");
  const info = await send(onThisMachine(created["url"]), "GET");
  await send(onThisMachine(info["csrUrl"]), "POST");
}

function onThisMachine(url = ""): string {
  return url.replace(/^https:\/\/[^/]+/, externalOrigin);
}

async function send(url: string, method: string): Promise<Readonly<Record<string, string>>> {
  const sent = request(url, { method, agent, headers: { Application: "shop" } });
  sent.end(method === "POST" ? body : undefined);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const content = await text(answer);
  if ((answer.statusCode ?? 0) >= 300) throw new Error(content);
  return JSON.parse(content) as Record<string, string>;
}
