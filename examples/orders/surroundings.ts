import { parseArgs } from "node:util";
import { findServer } from "../../src/cli/server/find-server.ts";
import { ordersPort } from "./system.ts";

/** What the story meets: the server, its gateway, and the port of the orders system. */
export interface Surroundings {
  /** Of the admin API, as errors name it. */
  readonly server: string;
  /** Base URL of the gateway. */
  readonly gateway: string;
  /** 0 lets the system choose. */
  readonly ordersPort: number;
  /** The words by which appconn finds the same server. */
  readonly words: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the server as appconn does, and takes from its kubeconfig where the gateway listens, so that ports
 * other than the usual ones need not be told twice. Throws what a person has to mend.
 */
export function findSurroundings(argv: readonly string[], environment: Environment): Surroundings {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      "data-dir": { type: "string" },
      kubeconfig: { type: "string" },
      context: { type: "string" },
    },
  });
  const { "data-dir": dataDir, ...others } = values;
  const { server, source, product } = findServer(
    { ...others, ...(dataDir === undefined ? {} : { dataDir }) },
    environment,
  );
  const gateway = environment["GATEWAY_URL"] || product.gatewayUrl;
  if (!gateway) throw new Error(`${source} does not tell where the gateway is: set GATEWAY_URL`);
  if (!URL.canParse(gateway)) throw new Error(`GATEWAY_URL is no URL: ${gateway}`);
  return {
    server: `${server} (from ${source})`,
    gateway: gateway.replace(/\/+$/, ""),
    ordersPort: ordersPort(environment),
    words: Object.entries(values).map(([name, value]) => `--${name}=${value}`),
  };
}
