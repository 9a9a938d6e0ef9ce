import { Command, InvalidArgumentError, Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import { textAt, valueAt } from "./json-fields.ts";
import { accessText } from "./live/access-text.ts";
import { readSeconds } from "./live/read-seconds.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface LogsOptions extends ConnectionOptions {
  readonly application?: string;
  readonly service?: string;
  readonly status?: string;
  readonly follow?: true;
  /** Seconds. */
  readonly since?: number;
  readonly output?: "text" | "json";
}

/** Seconds of the past that are shown where nothing else is said. */
const USUAL_PAST = 600;

const DETAILS = `
What has been comes from the file of the server's access log, where telemetry.accessLog.destination is one; by default
the log goes to stdout, and there is only what happens from now on: -f. Without -f the last ten minutes are shown, with
-f nothing of the past unless --since says so. Queries and secrets are in no line.

On a terminal each call is a line for people; a pipe gets the JSON lines of the log.

Examples:
  appconn logs -f
  appconn logs -f --application shop --status 5xx
  appconn logs --since 1h --status 401,403
  appconn logs -f | jq -r 'select(.milliseconds > 1000) | .path'`;

export function logsCommand(context: CommandContext): Command {
  const command = new Command("logs")
    .description("Show the access lines of calls: those that have been, or those that are made now.")
    .option("--application <name>", "only calls of this Application")
    .option("--service <name>", "only calls of services of this name")
    .addOption(
      new Option("--status <codes>", "only calls that were answered so: 404, 5xx, 401,403").argParser(
        readStatus,
      ),
    )
    .option("-f, --follow", "go on with every call that ends")
    .addOption(new Option("--since <duration>", "how much of the past").argParser(readSeconds))
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["text", "json"]))
    .addHelpText("after", DETAILS)
    .action((options: LogsOptions) => logs(context, options));
  return addServerOptions(command);
}

function readStatus(text: string): string {
  if (/^[1-5](xx|\d\d)(,[1-5](xx|\d\d))*$/.test(text)) return text;
  throw new InvalidArgumentError("It must be like 404, 5xx or 401,403.");
}

async function logs(context: CommandContext, options: LogsOptions): Promise<void> {
  const { stdout, stderr, environment } = context.terminal;
  using server = openServer(context, options);
  const isText = (options.output ?? (stdout.isTTY === true ? "text" : "json")) === "text";
  const emphasis = emphasisFor(stdout, environment);
  const request = { path: "/v1/live/access", query: queryOf(options), accept: "application/x-ndjson" };
  for await (const line of server.client.stream(request)) {
    if (textAt(line, "event") === "lines-left-out") {
      stderr.write(`warning: ${String(valueAt(line, "lines"))} lines came too fast and were left out\n`);
    } else {
      stdout.write(`${isText ? accessText(line, emphasis) : JSON.stringify(line)}\n`);
    }
  }
}

function queryOf({ application, service, status, follow, since }: LogsOptions): Record<string, string> {
  const past = since ?? (follow ? undefined : USUAL_PAST);
  return {
    ...(application === undefined ? {} : { application }),
    ...(service === undefined ? {} : { service }),
    ...(status === undefined ? {} : { status }),
    ...(past === undefined ? {} : { sinceSeconds: String(past) }),
    follow: String(follow === true),
  };
}
