import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { defaultDataDirectory } from "../config/data-directory.ts";
import type { CommandContext, RunningServer } from "./command-context.ts";
import { emphasisFor } from "./output/emphasis.ts";

/** What the person who started the server needs to know next. */
export function welcome(server: RunningServer, { terminal, version }: CommandContext): string {
  const emphasis = emphasisFor(terminal.stderr, terminal.environment);
  const rows = [
    ...server.addresses.map(({ name, url }) => [name, url] as const),
    ...(server.kubeconfig === undefined ? [] : [["kubeconfig", server.kubeconfig] as const]),
  ];
  const next = suggestions(server, terminal.environment);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    "",
    emphasis("bold", `Application Connector ${version} is ready.`),
    "",
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    ...(next.length === 0 ? [] : ["Try next, in other terminals:", ...next.map((line) => `  ${line}`), ""]),
    "Ctrl-C stops it.",
    "",
    "",
  ].join("\n");
}

function suggestions(
  { kubeconfig, gatewayUrl }: RunningServer,
  environment: CommandContext["terminal"]["environment"],
): readonly string[] {
  if (kubeconfig === undefined) return [];
  const directory = dirname(kubeconfig);
  const found = directory === (environment["APPCONN_DATA_DIR"] || defaultDataDirectory(environment));
  const where = found ? "" : ` --data-dir ${directory}`;
  if (gatewayUrl === undefined || !existsSync("examples/orders")) {
    return [`appconn get applications${where}`, `kubectl --kubeconfig ${kubeconfig} get applications`];
  }
  return [
    "npm run example:orders:system",
    `npx appconn apply${where} -f examples/orders/`,
    `curl ${gatewayUrl}/orders/orders-api/orders/42`,
  ];
}
