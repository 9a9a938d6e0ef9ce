import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { clientIdentityOf } from "../../src/http/client-identity.ts";
import type { RequestHandler } from "../../src/http/request-handler.ts";
import { ingressHosts } from "../../src/ingress/hosts.ts";
import { ingressSettings } from "../../src/ingress/options.ts";
import { startIngress } from "../../src/ingress/start.ts";
import { Connections } from "../../src/outbound/connections.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { RevocationSet } from "../../src/pki/revocations.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { telemetrySettings } from "../../src/telemetry/options.ts";
import { startTelemetry } from "../../src/telemetry/telemetry.ts";
import { validatorSettings } from "../../src/validator/options.ts";
import { startValidator } from "../../src/validator/start.ts";
import { defaultsOf } from "../../test/doubles/setting-defaults.ts";
import { application } from "../estate/resources.ts";
import { writeStore } from "../estate/write-store.ts";
import { REQUEST_SUBJECT } from "../micro/certificate-request-scene.ts";
import { ANSWER, HEADERS } from "./constant-answer.ts";
import { readIdentities } from "./identities.ts";

export interface RealIngress {
  /** Holds the identities. */
  readonly directory: string;
  /** Of its own: store and access log. */
  readonly home: string;
  /** How many certificates are revoked for the first of them; the client's own is not. */
  readonly revoked: number;
}

export interface IngressPorts {
  readonly port: number;
  /** Of the one that knows of no revoked certificate. */
  readonly nonePort: number;
}

/**
 * Ingress and validator as `serve` wires them, with store, access log and metrics, before a component in the
 * same process that answers a constant. Runs as long as its process. The same process serves a second one
 * without revocations: two processes differ by more than what a revocation costs.
 */
export async function startRealIngress({ directory, home, revoked }: RealIngress): Promise<IngressPorts> {
  const { server, clientAuthorities } = readIdentities(directory);
  await writeStore(home, [application({ name: REQUEST_SUBJECT.commonName, targetUrl: "http://127.0.0.1" })]);
  const store = await openSqliteStore({ directory: home, clock: systemClock });
  const telemetry = defaultsOf(telemetrySettings);
  await startTelemetry(
    { ...telemetry, accessLog: { enabled: true, destination: join(home, "access.log") } },
    { dataDirectory: home, version: "bench" },
  );
  const revocations = await revocationsOf(revoked);
  const outbound = { deniedNetworks: [], caFile: "", connectTimeout: 5000, idleTimeout: 10_000 };
  const validator = await startValidator({
    store,
    options: defaultsOf(validatorSettings),
    central: false,
    connections: new Connections({ options: outbound, policy: new EgressPolicy([]), proxies: undefined }),
    upstreams: { registry: nobody, events: component },
    revoked: (hash) => revocations.has(hash),
    listens: false,
    clock: systemClock,
    warn,
  });
  const unused = { [Symbol.dispose]: () => {} };
  const portOf = async (known: RevocationSet) => {
    const ingress = await startIngress({
      options: { ...defaultsOf(ingressSettings), port: 0, pairingPort: 0 },
      hosts: ingressHosts("localhost"),
      certificate: { current: server, onRenewed: () => unused },
      trust: { bundle: () => clientAuthorities, onChanged: () => unused },
      revoked: (hash) => known.check(hash),
      routes: { tokenHost: nobody, certificateHost: nobody, validator: validator.handler },
      clock: systemClock,
      warn,
    });
    return Number(new URL(ingress.gatewayOrigin).port);
  };
  return { port: await portOf(revocations), nonePort: await portOf(await revocationsOf(0)) };
}

function warn(message: string): void {
  console.error(message);
}

const component: RequestHandler = (request, response) => {
  response.writeHead(clientIdentityOf(request) ? 200 : 500, HEADERS);
  response.end(ANSWER);
};

function nobody(): never {
  throw new Error("no request goes there");
}

async function revocationsOf(count: number): Promise<RevocationSet> {
  const revocations = new RevocationSet();
  async function* events() {
    for (let index = 0; index < count; index++) {
      yield { type: "revoked", revocation: { hash: index.toString(16).padStart(64, "0") } } as const;
    }
    yield { type: "synced" } as const;
  }
  await revocations.follow(events());
  return revocations;
}
