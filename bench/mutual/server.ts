import { constants } from "node:crypto";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { ANSWER, HEADERS } from "./constant-answer.ts";
import { readIdentities } from "./identities.ts";
import { startRealIngress, type IngressPorts } from "./real-ingress.ts";

/**
 * One of the servers that are compared, with the same TLS settings each: `ingress` with many revoked
 * certificates and a second listener without any, `https` and `tls` of Node alone. Prints its ports; runs until
 * its parent goes.
 */
const [kind = "", directory = "."] = process.argv.slice(2);
/** As many as the ingress must bear without a measurable cost. */
const REVOKED = 100_000;

async function barePort(): Promise<number> {
  const { server: pair, clientAuthorities } = readIdentities(directory);
  const tls = {
    ...pair,
    ca: [...clientAuthorities],
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2" as const,
    ALPNProtocols: ["http/1.1"],
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
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

function ingressPorts(): Promise<IngressPorts> {
  return startRealIngress({ directory, home: join(directory, `${kind}-${process.pid}`), revoked: REVOKED });
}

console.log(JSON.stringify(kind === "ingress" ? await ingressPorts() : { port: await barePort() }));

process.stdin.resume();
process.stdin.on("end", () => process.exit());
