import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/core/clock.ts";
import { load } from "../../src/config/load.ts";
import { connectorSettings } from "../../src/connector/options.ts";
import { startConnector } from "../../src/connector/start.ts";
import { Connections } from "../../src/outbound/connections.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { ClientAuthority } from "../../src/pki/client-authority.ts";
import { RevocationSet } from "../../src/pki/revocations.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { formatLine, type Line } from "../line.ts";
import { median } from "../statistics.ts";
import { newRequest } from "./certificate-request-scene.ts";

const REQUESTS = 200;
const AT_ONCE = 4;

/**
 * Requests for certificates through the connector's HTTP API, each with a token that is claimed and used up, a
 * signature and a certificate on record. Client and server share the process, so that the processor time of the
 * client counts too, as that of every thread does. The median of several rounds.
 */
export async function measurePairing(rounds = 5): Promise<Line> {
  await using scene = await pairingScene();
  const measured: Round[] = [];
  // The first compiles the code.
  await measure(scene);
  // eslint-disable-next-line no-await-in-loop -- rounds do not overlap
  for (let round = 0; round < rounds; round++) measured.push(await measure(scene));
  const figures = {
    per_s: median(measured.map(({ perSecond }) => perSecond)),
    per_cpu_s: median(measured.map(({ perCpuSecond }) => perCpuSecond)),
  };
  return { contender: "gateway", case: "sign-ec", concurrency: AT_ONCE, figures };
}

interface Round {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

interface PairingScene extends AsyncDisposable {
  readonly internalOrigin: string;
  readonly externalOrigin: string;
  readonly agent: Agent;
  /** Of the request for a certificate. */
  readonly body: string;
}

async function pairingScene(): Promise<PairingScene> {
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
  const running = stack.move();
  return {
    internalOrigin,
    externalOrigin,
    agent,
    body,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function measure(scene: PairingScene): Promise<Round> {
  const urls: string[] = [];
  // eslint-disable-next-line no-await-in-loop -- links are not what is measured
  for (let index = 0; index < REQUESTS; index++) urls.push(await requestUrl(scene));
  const before = process.cpuUsage();
  const begin = performance.now();
  const remaining = urls.values();
  const client = async () => {
    // eslint-disable-next-line no-await-in-loop -- each client asks for one after the other
    for (const url of remaining) await send(scene, url, "POST");
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: REQUESTS / seconds, perCpuSecond: REQUESTS / ((user + system) / 1e6) };
}

/** Where a request for a certificate goes, with a token for one. */
async function requestUrl(scene: PairingScene): Promise<string> {
  const { internalOrigin, externalOrigin } = scene;
  const outside = (url = "") => url.replace(/^https:\/\/[^/]+/, externalOrigin);
  const created = await send(scene, `${internalOrigin}/v1/applications/tokens`, "POST");
  const info = await send(scene, outside(created["url"]), "GET");
  return outside(info["csrUrl"]);
}

async function send(
  { agent, body }: PairingScene,
  url: string,
  method: string,
): Promise<Readonly<Record<string, string>>> {
  const sent = request(url, { method, agent, headers: { Application: "shop" } });
  sent.end(method === "POST" ? body : undefined);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const content = await text(answer);
  if ((answer.statusCode ?? 0) >= 300) throw new Error(content);
  return JSON.parse(content) as Record<string, string>;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(formatLine(await measurePairing()));
