import { constants } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { systemClock } from "../../src/core/clock.ts";
import { clientIdentityOf } from "../../src/http/client-identity.ts";
import { ingressHosts } from "../../src/ingress/hosts.ts";
import { ingressSettings } from "../../src/ingress/options.ts";
import { startIngress } from "../../src/ingress/start.ts";
import { defaultsOf } from "../../test/doubles/setting-defaults.ts";

/**
 * One of the servers that are compared, with the same TLS settings each: `ingress` with a component that
 * answers a constant, `https` and `tls` of Node alone. Prints its port; runs until its parent goes.
 */
const [kind = "", directory = "."] = process.argv.slice(2);
const read = (name: string): string => readFileSync(join(directory, name), "utf8");
const pair = { cert: read("server.crt"), key: read("server.key") };
const ca = read("client-ca.crt");
const tls = {
  ...pair,
  ca,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: "TLSv1.2",
  ALPNProtocols: ["http/1.1"],
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
} as const;

const ANSWER = '{"answer":"constant"}';
const HEADERS = { "Content-Type": "application/json", "Content-Length": ANSWER.length };
const REVOKED = 100_000;

function nobody(): never {
  throw new Error("no request goes there");
}

async function ingressPort(): Promise<number> {
  // As many as the issue names, so that looking one up costs here what it costs there.
  const revoked = new Set(
    Array.from({ length: REVOKED }, (_, index) => index.toString(16).padStart(64, "0")),
  );
  const unused = { [Symbol.dispose]: () => {} };
  const ingress = await startIngress({
    options: { ...defaultsOf(ingressSettings), port: 0, pairingPort: 0 },
    hosts: ingressHosts("localhost"),
    certificate: { current: pair, onRenewed: () => unused },
    trust: { bundle: () => [ca], onChanged: () => unused },
    revoked: (hash) => revoked.has(hash),
    routes: {
      tokenHost: nobody,
      certificateHost: nobody,
      validator: (request, response) => {
        response.writeHead(clientIdentityOf(request) ? 200 : 500, HEADERS);
        response.end(ANSWER);
      },
    },
    clock: systemClock,
    warn: (message) => console.error(message),
  });
  return Number(new URL(ingress.gatewayOrigin).port);
}

async function barePort(): Promise<number> {
  const server =
    kind === "tls"
      ? createTlsServer(tls, (socket) => socket.on("error", () => socket.destroy()).resume())
      : createHttpsServer({ ...tls, noDelay: true }, (_request, response) => {
          response.writeHead(200, HEADERS);
          response.end(ANSWER);
        });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", 4096, () => resolve());
  await promise;
  return (server.address() as AddressInfo).port;
}

console.log(kind === "ingress" ? await ingressPort() : await barePort());

process.stdin.resume();
process.stdin.on("end", () => process.exit());
