import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Ports that are free now; all are taken at once, so that no two are the same. */
export async function portsFreeNow(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
