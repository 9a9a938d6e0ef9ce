import type { CommandContext } from "../command-context.ts";
import { ApiClient } from "./api-client.ts";
import type { Connection } from "./connection.ts";
import { Discovery } from "./discovery.ts";
import { findServer } from "./find-server.ts";
import type { ConnectionOptions } from "./server-options.ts";

export interface OpenServer extends Disposable {
  readonly connection: Connection;
  readonly client: ApiClient;
  readonly discovery: Discovery;
}

/** The server that a command's options mean, not yet asked anything. */
export function openServer({ terminal, version }: CommandContext, options: ConnectionOptions): OpenServer {
  const connection = findServer(options, terminal.environment);
  const client = new ApiClient(connection, {
    userAgent: `appconn/${version}`,
    // 0 means no limit, as kubectl has it.
    timeout: options.requestTimeout || 2_147_483_647,
  });
  return {
    connection,
    client,
    discovery: new Discovery(client),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
