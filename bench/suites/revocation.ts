import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type SecureContextOptions, type TLSSocket } from "node:tls";
import type { Bench } from "../bench.ts";
import { startGateway, type RunningGateway } from "../contenders/gateway.ts";
import { application } from "../estate/resources.ts";
import { REQUEST_SUBJECT } from "../micro/certificate-request-scene.ts";
import { pair } from "../mutual/pair.ts";

/** Open connections of each certificate, all of which must be refused. */
const CONNECTIONS = 4;
/** Milliseconds after which a certificate that still gets in always will. */
const PATIENCE = 10_000;
const APPLICATION = REQUEST_SUBJECT.commonName;
const REQUEST = `GET /${APPLICATION}/v1/metadata/services/none HTTP/1.1\r\nHost: gateway.localhost\r\n\r\n`;

/**
 * From the moment at which an administrator sends a revocation to the first refused request on the last of the
 * connections that its certificate holds open and uses without a pause. Pairing, ingress, validator and store are
 * those of the product.
 */
export async function revocation(bench: Bench): Promise<void> {
  const { surroundings, options } = bench;
  const targetUrl = `http://127.0.0.1:${surroundings.targetPort}`;
  await using gateway = await startGateway({
    surroundings,
    name: "revocation",
    manifests: [application({ name: APPLICATION, targetUrl })],
    ready: `/${APPLICATION}/api/small`,
  });
  const ca = readFileSync(join(gateway.dataDirectory, "pki", "server-ca.crt"), "utf8");
  const times: number[] = [];
  for (let index = 0; index < (options.smoke ? 3 : 20); index++) {
    const identity = await pair(await gateway.admin.createToken(APPLICATION), ca);
    times.push(await untilRefused(gateway, identity));
  }
  const figures = { calls: times.length, milliseconds: Math.max(...times) };
  bench.report({ contender: "gateway", case: "revoked-certificate", figures });
}

async function untilRefused(gateway: RunningGateway, identity: SecureContextOptions): Promise<number> {
  const { ingressPort: port } = gateway;
  const callers = Array.from({ length: CONNECTIONS }, () => call(port, identity));
  await Promise.all(callers.map(({ accepted }) => accepted));
  const begin = performance.now();
  const { fingerprint256 } = new X509Certificate(identity.cert as Buffer);
  await gateway.admin.revoke(fingerprint256.replaceAll(":", "").toLowerCase());
  await Promise.all(callers.map(({ refused }) => refused));
  return performance.now() - begin;
}

interface Caller {
  /** The first request was let through. */
  readonly accepted: Promise<void>;
  /** One after it was answered with 403. Rejects where the connection ends without that. */
  readonly refused: Promise<void>;
}

/** One request after the other over one connection. */
function call(port: number, identity: SecureContextOptions): Caller {
  const accepted = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<void>();
  const socket = connect({ ...identity, port, host: "127.0.0.1", servername: "gateway.localhost" });
  const fail = (why: string) => {
    const error = new Error(`a connection was not refused as it should be: ${why}`);
    accepted.reject(error);
    refused.reject(error);
    socket.destroy();
  };
  // What both promises reject with is reported once, by the one that is waited for.
  refused.promise.catch(() => {});
  const patience = setTimeout(() => fail("it went on"), PATIENCE);
  socket.setNoDelay(true).on("error", ({ message }) => fail(message));
  socket.on("close", () => clearTimeout(patience)).on("end", () => fail("it ended"));
  socket.on("secureConnect", () => socket.write(REQUEST));
  eachAnswer(socket, (status) => {
    // Whoever is let through is told by the registry that there is no such service.
    if (status === 404) {
      accepted.resolve();
      socket.write(REQUEST);
    } else if (status === 403) {
      refused.resolve();
      socket.destroy();
    } else fail(`status ${status}`);
  });
  return { accepted: accepted.promise, refused: refused.promise };
}

/** The answers are short JSON objects without another inside. */
function eachAnswer(socket: TLSSocket, take: (status: number) => void): void {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
    if (!text.trimEnd().endsWith("}")) return;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
    text = "";
    take(status);
  });
}
