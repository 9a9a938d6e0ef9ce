import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type ConnectionOptions } from "node:tls";

/** Where an admin API listens, and what whoever asks it needs. */
export interface AdminTarget {
  readonly connect: ConnectionOptions;
  readonly token: string;
}

/** Of a server that was started on this data directory. */
export function adminTarget(dataDirectory: string, port: number): AdminTarget {
  const secureContext = createSecureContext({
    ca: readFileSync(join(dataDirectory, "pki", "server-ca.crt")),
  });
  const token = readFileSync(join(dataDirectory, "admin-token"), "utf8").trim();
  return { connect: { host: "127.0.0.1", port, servername: "localhost", secureContext }, token };
}
