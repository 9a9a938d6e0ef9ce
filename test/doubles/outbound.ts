import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connections } from "../../src/outbound/connections.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import type { OwnListeners } from "../../src/outbound/own-listeners.ts";
import { readProxyEnvironment } from "../../src/outbound/proxy-environment.ts";
import type { TestAuthority } from "./certificates.ts";

export interface Outbound extends AsyncDisposable {
  readonly connections: Connections;
  readonly policy: EgressPolicy;
}

export interface OutboundMore {
  /** A URL, for everything. */
  readonly proxy?: string;
  readonly own?: OwnListeners | undefined;
  /** The address of a host name; that of the system unless given. */
  readonly resolve?: ((hostname: string) => string) | undefined;
}

/** Real outgoing connections, which trust `authority` where one is given. */
export async function openOutbound(
  authority?: TestAuthority,
  deniedNetworks: readonly string[] = [],
  { proxy, own, resolve }: OutboundMore = {},
): Promise<Outbound> {
  const folder = await mkdtemp(join(tmpdir(), "appconn-outbound-"));
  const caFile = authority ? join(folder, "ca.crt") : "";
  if (authority) await writeFile(caFile, authority.crt);
  const policy = new EgressPolicy(deniedNetworks, own);
  const connections = new Connections({
    options: { deniedNetworks, caFile, connectTimeout: 5000, idleTimeout: 10_000 },
    proxies: readProxyEnvironment({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy }),
    policy,
    ...(resolve && {
      resolve: (hostname, _options, callback) => callback(null, [{ address: resolve(hostname), family: 4 }]),
    }),
  });
  return {
    connections,
    policy,
    async [Symbol.asyncDispose]() {
      await connections.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
