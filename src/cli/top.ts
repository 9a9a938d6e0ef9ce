import { Command, Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import { textAt } from "./json-fields.ts";
import { apiNumbers, type ApiNumbers } from "./live/api-numbers.ts";
import { FullScreen } from "./live/full-screen.ts";
import { KnownApis } from "./live/known-apis.ts";
import { numbersTable, ORDERS, summaryLines, type Order } from "./live/numbers-table.ts";
import { numbersLines, type NumbersRequest } from "./live/numbers-lines.ts";
import { quitKeys } from "./live/quit-keys.ts";
import { readSeconds } from "./live/read-seconds.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { defaultFormat } from "./output/output-format.ts";
import { openServer, type OpenServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";
import { stopSignals } from "./stop-signals.ts";

interface TopOptions extends ConnectionOptions, NumbersRequest {
  readonly sort: Order;
  readonly output?: "table" | "json";
}

const DETAILS = `
5XX/S are calls whose caller saw a status of 500 or more, REFUSED/S those that the gateway itself answered in place of
the target: limits, policies, missing tokens, targets that cannot be reached. P50 and P99 say how long half of the
calls and all but a hundredth took at most; IN FLIGHT is without what had begun before. Names are "-" for calls of no
API. The server counts this only while somebody watches.

On a terminal, q or Ctrl-C ends it. A pipe gets a line of JSON for each interval.

Examples:
  appconn top
  appconn top --application shop --sort p99
  appconn top --once -o table
  appconn top | jq -c '.calls[] | select(.errors > 0)'`;

const WAITING = "appconn top   waiting for the first numbers";

export function topCommand(context: CommandContext): Command {
  const command = new Command("top")
    .description("Show what is called now: calls, errors and durations of each API, as they change.")
    .option("--application <name>", "only the APIs of this Application")
    .option("--once", "show one interval and end")
    .addOption(
      new Option("--interval <duration>", "how much time a table is about")
        .argParser(readSeconds)
        .default(2, "2s"),
    )
    .addOption(new Option("--sort <column>", "what comes first").choices(ORDERS).default("calls"))
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["table", "json"]))
    .addHelpText("after", DETAILS)
    .action((options: TopOptions) => top(context, options));
  return addServerOptions(command);
}

async function top(context: CommandContext, options: TopOptions): Promise<void> {
  const { stdout } = context.terminal;
  using server = openServer(context, options);
  const format = options.output ?? defaultFormat(stdout);
  if (format === "json") await printLines(context, server, options);
  else if (options.once || stdout.isTTY !== true) await printTables(context, server, options);
  else await showScreen(context, server, options);
}

async function printLines(
  { terminal }: CommandContext,
  server: OpenServer,
  options: TopOptions,
): Promise<void> {
  for await (const line of numbersLines(server, options)) terminal.stdout.write(`${JSON.stringify(line)}\n`);
}

async function printTables(
  { terminal }: CommandContext,
  server: OpenServer,
  options: TopOptions,
): Promise<void> {
  const { stdout, environment } = terminal;
  const emphasis = emphasisFor(stdout, environment);
  const style = { order: options.sort, emphasis, width: stdout.columns ?? 1000, height: 10_000 };
  for await (const line of numbersLines(server, options)) {
    stdout.write(`${numbersTable(apiNumbers(line), style).join("\n")}\n`);
    if (!options.once) stdout.write("\n");
  }
}

/** Until somebody has seen enough; the terminal is left as it was found, whatever ends it. */
async function showScreen(
  { terminal }: CommandContext,
  server: OpenServer,
  options: TopOptions,
): Promise<void> {
  const { stdout, stdin, environment } = terminal;
  const quit = new AbortController();
  using stop = stopSignals(process, Date.now, () => quit.abort());
  const signal = AbortSignal.any([stop.signal, quit.signal]);
  // What the server refuses is told on the screen that was there before.
  const lines = numbersLines(server, options, signal)[Symbol.asyncIterator]();
  using screen = new FullScreen(stdout);
  using _keys = quitKeys(stdin, () => quit.abort());
  const apis = new KnownApis();
  let shown: readonly ApiNumbers[] = [];
  let time: string | undefined;
  const draw = () => {
    const { width, height } = screen;
    const style = {
      order: options.sort,
      emphasis: emphasisFor(stdout, environment),
      width,
      height: height - 2,
    };
    const head = time === undefined ? [WAITING.slice(0, width), ""] : summaryLines(shown, { time, width });
    screen.draw([...head, ...numbersTable(shown, style)]);
  };
  draw();
  stdout.on?.("resize", draw);
  try {
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      shown = apis.take(apiNumbers(next.value));
      time = clockTime(next.value);
      draw();
    }
  } finally {
    stdout.off?.("resize", draw);
  }
}

/** The server's moment, in the time of whoever looks. */
function clockTime(line: unknown): string {
  const time = new Date(textAt(line, "time") ?? Date.now());
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
